import { Message } from '@longline/ros';
import type { Channel } from '@longline/ros';
import type { DoorSocket } from './DoorSocket.ts';
import type { QueueSlot } from './ReaderQueue.ts';

const channel: Channel = {
  topic: '/t',
  schema: { name: 'p/T', encoding: '', text: '' },
  encoding: 'json',
  latched: false,
};
const zeros = new Uint8Array(2_000_000);
/** A message of so many bytes. */
export const messageOf = (bytes: number, sequence = 0): Message =>
  new Message(channel, { sequence, logTime: 0n, publishTime: 0n, data: zeros.subarray(0, bytes) });

/** A reader that takes what the test lets it take. */
export class SlowSocket implements DoorSocket {
  bufferedBytes = 0;
  closed: string | undefined;
  readonly sent: (string | Uint8Array)[] = [];

  send(data: string | Uint8Array): void {
    this.sent.push(data);
    this.bufferedBytes += data.length;
  }

  ping(): void {
    throw new Error('not expected');
  }

  close(code: number, reason: string): void {
    this.closed = `${code} ${reason}`;
  }
}

/** A subscription that remembers what left. */
export class Slot implements QueueSlot {
  readonly name: string;
  readonly depth: number;
  readonly keepMs: number | undefined;
  readonly keepBytes: number | undefined;
  readonly left: number[] = [];
  dropped = 0;

  constructor(name: string, bounds: { depth?: number; keepMs?: number; keepBytes?: number } = {}) {
    this.name = name;
    this.depth = bounds.depth ?? 1;
    this.keepMs = bounds.keepMs;
    this.keepBytes = bounds.keepBytes;
  }

  encode(message: Message): Uint8Array {
    this.left.push(message.sequence);
    return message.data;
  }

  handleDropped(count: number): void {
    this.dropped += count;
  }
}
