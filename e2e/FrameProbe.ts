import { readRecords } from '@longline/line';
import type { RecordKindName } from '@longline/line';
import { Inbox, sampleFrame } from '@longline/testing';
import type { WebSocket } from 'ws';

/** What became of a frame: the other side goes on, or closed the line with this code. */
export type Outcome = 'taken' | number;

const ANSWER_MS = 20_000;

/** One raw connection on which single frames are tried: after each a ping asks whether the other side is still there. */
export class FrameProbe {
  readonly socket: WebSocket;
  readonly #records = new Inbox<RecordKindName>();
  readonly #outcomes = new Inbox<{ readonly stamp: number } | { readonly closeCode: number }>();
  #stamp = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.binaryType = 'nodebuffer';
    socket.on('error', () => undefined);
    socket.on('close', (closeCode: number) => this.#outcomes.add({ closeCode }));
    socket.on('message', (data: Buffer) => {
      readRecords(data, {
        handleMessage: () => undefined,
        handleRecord: (kind, body) => {
          this.#records.add(kind);
          if (kind === 'pong') this.#outcomes.add({ stamp: Buffer.from(body).readDoubleLE(0) });
        },
      });
    });
  }

  /** Resolves when the other side has sent a record of that kind; rejects when it closes before. */
  async received(kind: RecordKindName): Promise<void> {
    await this.#records.first((each) => each === kind, { timeoutMs: ANSWER_MS, what: kind });
  }

  send(frame: Uint8Array): void {
    this.socket.send(frame);
  }

  async try(frame: Uint8Array): Promise<Outcome> {
    const stamp = ++this.#stamp + 0.5;
    const ping = Buffer.alloc(8);
    ping.writeDoubleLE(stamp);
    this.send(frame);
    this.send(sampleFrame('ping', ping));
    const outcome = await this.#outcomes.first((each) => 'closeCode' in each || each.stamp === stamp, {
      timeoutMs: ANSWER_MS,
      what: 'An answer to a hostile frame',
    });
    return 'closeCode' in outcome ? outcome.closeCode : 'taken';
  }
}
