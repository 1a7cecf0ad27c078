import type { Clock } from '@longline/ros';
import type { LineEndpoint } from './bindWebSocket.ts';
import { LineError } from './errors.ts';
import type { FrameBuilder } from './FrameBuilder.ts';
import { welcomeSchema } from './hello.ts';
import type { AgentHello } from './hello.ts';
import { decodeJson, encodeJson } from './jsonRecord.ts';
import type { LineLimits } from './limits.ts';
import { LineCore } from './LineCore.ts';
import type { RecordKindName } from './recordKinds.ts';
import type { Transport } from './Transport.ts';

/** The line that an {@link AgentSocket} belongs to. */
export interface AgentSocketOwner {
  handleSocketOpen(socket: AgentSocket): void;
  /** Any record of an open socket that is not the socket's own business. */
  handleSocketRecord(socket: AgentSocket, kind: RecordKindName, body: Uint8Array): void;
  handleSocketClosed(socket: AgentSocket, wasOpen: boolean): void;
  handleRoom(): void;
  fillSocket(socket: AgentSocket, frame: FrameBuilder): void;
}

/** A further socket of an agent's line (clause 2.7): its own greeting, heartbeats and acknowledgements, the line's data. */
export class AgentSocket implements LineEndpoint {
  readonly core: LineCore;
  readonly index: number;
  readonly #hello: AgentHello;
  readonly #owner: AgentSocketOwner;
  #open = false;

  constructor(options: {
    readonly transport: Transport;
    readonly clock: Clock;
    readonly limits: LineLimits;
    /** The line's first socket. */
    readonly line: LineCore;
    readonly hello: AgentHello;
    readonly owner: AgentSocketOwner;
  }) {
    const { transport, clock, limits, line, hello, owner } = options;
    this.#hello = hello;
    this.#owner = owner;
    this.index = hello.socket;
    this.core = new LineCore({
      transport,
      clock,
      limits,
      pacer: line.pacer,
      handlers: {
        handleRecord: (kind, body) => this.#handleRecord(kind, body),
        handleMessage: () => {
          throw new LineError('FRAME_UNEXPECTED', 'a server sends no messages to an agent');
        },
        handleClosed: () => owner.handleSocketClosed(this, this.#open),
        handleRoom: () => owner.handleRoom(),
        handleHeld: () => undefined,
        fill: (frame) => owner.fillSocket(this, frame),
      },
    });
    this.core.shareParts(line);
  }

  /** It is welcomed and carries data. */
  get isOpen(): boolean {
    return this.core.state === 'open';
  }

  handleOpen(): void {
    this.core.greet(encodeJson(this.#hello));
  }

  handleFrame(frame: Uint8Array): void {
    this.core.handleFrame(frame);
  }

  handleText(): void {
    this.core.handleText();
  }

  handleWritable(): void {
    this.core.handleWritable();
  }

  handleDisconnected(closeCode: number, reason: string): void {
    this.core.handleDisconnected(closeCode, reason);
  }

  #handleRecord(kind: RecordKindName, body: Uint8Array): void {
    if (this.core.state !== 'greeting') {
      this.#owner.handleSocketRecord(this, kind, body);
      return;
    }
    if (kind !== 'welcome') throw new LineError('FRAME_UNEXPECTED', `a ${kind} came where the welcome was due`);
    decodeJson('welcome', body, welcomeSchema, this.core.limits.maxJsonBytes);
    this.#open = true;
    this.core.open();
    this.#owner.handleSocketOpen(this);
  }
}
