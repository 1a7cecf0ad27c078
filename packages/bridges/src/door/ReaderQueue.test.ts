import { Message } from '@longline/ros';
import type { Channel } from '@longline/ros';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DoorSocket } from './DoorSocket.ts';
import { ReaderQueue, SOCKET_MARK_BYTES } from './ReaderQueue.ts';
import type { QueueSlot } from './ReaderQueue.ts';
import { BYTES_PER_MS, MESSAGE_OVERHEAD_BYTES } from './WaitingMessages.ts';

const channel: Channel = {
  topic: '/t',
  schema: { name: 'p/T', encoding: '', text: '' },
  encoding: 'json',
  latched: false,
};
const zeros = new Uint8Array(2_000_000);
const messageOf = (bytes: number, sequence = 0): Message =>
  new Message(channel, { sequence, logTime: 0n, publishTime: 0n, data: zeros.subarray(0, bytes) });

/** A reader that takes what the test lets it take. */
class SlowSocket implements DoorSocket {
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

class Slot implements QueueSlot {
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

const MB = 1_000_000;

/** A queue whose socket takes nothing until {@link SlowSocket.bufferedBytes} is lowered. */
function stalled(maxBytes?: number): { socket: SlowSocket; queue: ReaderQueue; drain: (bytes?: number) => void } {
  const socket = new SlowSocket();
  const queue = new ReaderQueue({ socket, maxBytes });
  socket.bufferedBytes = SOCKET_MARK_BYTES;
  const drain = (bytes = Number.POSITIVE_INFINITY): void => {
    socket.bufferedBytes = Math.max(0, socket.bufferedBytes - bytes);
    queue.handleWritable();
  };
  return { socket, queue, drain };
}

test('while the socket takes everything, everything leaves at once and in order', () => {
  const socket = new SlowSocket();
  const queue = new ReaderQueue({ socket });
  const slot = new Slot('a');
  for (let i = 0; i < 10; i++) queue.push(slot, messageOf(100, i), 0);
  expect(slot.left).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(queue.waitingBytes).toBe(0);
});

test('of each subscription the newest messages wait, as many as its depth, and the rest is told', () => {
  const { queue, drain } = stalled();
  const [one, three] = [new Slot('one'), new Slot('three', { depth: 3 })];
  for (let i = 0; i < 10; i++) for (const slot of [one, three]) queue.push(slot, messageOf(10, i), i);
  drain();
  expect(one.left).toEqual([9]);
  expect(three.left).toEqual([7, 8, 9]);
  expect([one.dropped, three.dropped]).toEqual([9, 7]);
});

test('what waited too long goes when something newer comes, but the newest stays however old it is', () => {
  const { queue, drain } = stalled();
  const slot = new Slot('a', { depth: 100, keepMs: 500 });
  for (const ms of [0, 100, 200, 650]) queue.push(slot, messageOf(10, ms), ms);
  expect(slot.dropped).toBe(2);
  drain();
  expect(slot.left).toEqual([200, 650]);
});

test('of large messages only the newest waits where bytes are bounded', () => {
  const { queue, drain } = stalled();
  const slot = new Slot('a', { depth: 100, keepBytes: 256 * 1024 });
  for (let i = 0; i < 5; i++) queue.push(slot, messageOf(MB, i), i);
  expect(slot.dropped).toBe(4);
  drain();
  expect(slot.left).toEqual([4]);
});

test('small state topics survive 1 MB images on a link that carries a fraction of them', () => {
  const { queue, drain } = stalled();
  const [image, pose] = [new Slot('image'), new Slot('pose')];
  // 30 images of 1 MB and 60 poses a second; the link takes 2 MB a second.
  for (let ms = 0; ms < 10_000; ms++) {
    if (ms % 33 === 0) queue.push(image, messageOf(MB, ms), ms);
    if (ms % 16 === 0) queue.push(pose, messageOf(100, ms), ms);
    drain(2_000);
  }
  // What keeps a pose is the image that is leaving already: half a second of the link.
  expect(pose.left.length).toBeGreaterThan(15);
  const gaps = pose.left.slice(1).map((at, i) => at - (pose.left[i] ?? 0));
  expect(Math.max(...gaps)).toBeLessThan(600);
  expect(image.left.length).toBeGreaterThan(15);
});

test('a large message is passed by small ones for its size’s time at most, though it is replaced again and again', () => {
  const { queue, drain } = stalled();
  const [image, pose] = [new Slot('image'), new Slot('pose', { depth: 1_000 })];
  for (let ms = 0; ms < 2_000; ms++) {
    if (ms % 10 === 0) queue.push(image, messageOf(MB, ms), ms);
    // The small ones alone are more than the reader takes.
    for (let i = 0; i < 5; i++) queue.push(pose, messageOf(SOCKET_MARK_BYTES / 4, ms), ms);
    if (image.left.length > 0) {
      expect(ms).toBeGreaterThan(900);
      return;
    }
    drain(SOCKET_MARK_BYTES);
  }
  expect.fail('the image never left');
});

test('the memory of what waits is bounded whatever comes, and the largest goes first', () => {
  const { queue, drain } = stalled(4 * MB);
  const pose = new Slot('pose');
  queue.push(pose, messageOf(100, 1), 0);
  const images = Array.from({ length: 10 }, (_, i) => new Slot(`image ${i}`, { depth: 5 }));
  for (let round = 0; round < 20; round++) {
    for (const image of images) queue.push(image, messageOf(MB, round), round);
    expect(queue.waitingBytes).toBeLessThanOrEqual(4 * MB);
  }
  drain(Number.POSITIVE_INFINITY);
  expect(pose.left).toEqual([1]);
});

test('of equally large topics beyond the bound each gets its turn', () => {
  const { queue, drain } = stalled(4 * MB);
  const images = Array.from({ length: 10 }, (_, i) => new Slot(`image ${i}`));
  for (let ms = 0; ms < 60_000; ms += 10) {
    for (const image of images) if (ms % 100 === 0) queue.push(image, messageOf(MB, ms), ms);
    drain(20_000);
  }
  for (const image of images) expect(image.left.length, image.name).toBeGreaterThan(5);
});

test('empty messages count too', () => {
  const { queue } = stalled(1_000 * MESSAGE_OVERHEAD_BYTES);
  const slot = new Slot('a', { depth: 1_000_000 });
  for (let i = 0; i < 5_000; i++) queue.push(slot, messageOf(0, i), 0);
  expect(slot.dropped).toBe(4_000);
});

test('a message that is larger than the bound leaves when there is room as it comes, and is dropped otherwise', () => {
  const { socket, queue } = stalled(MB);
  const slot = new Slot('a');
  queue.push(slot, messageOf(2 * MB, 1), 0);
  expect([slot.left, slot.dropped]).toEqual([[], 1]);
  socket.bufferedBytes = 0;
  queue.push(slot, messageOf(2 * MB, 2), 0);
  expect(slot.left).toEqual([2]);
});

test('answers are never dropped; a reader that takes none of them is closed, and one large answer is no reason', () => {
  const socket = new SlowSocket();
  const queue = new ReaderQueue({ socket, maxAnswerBytes: 1_000 });
  queue.send('x'.repeat(5_000));
  expect([socket.sent.length, socket.closed]).toEqual([1, undefined]);
  queue.send('y');
  expect(socket.closed).toBe('1008 the reader takes no data');
  queue.send('z');
  queue.push(new Slot('a'), messageOf(1), 0);
  expect(socket.sent).toHaveLength(1);
});

test('answers go behind a message that is larger than all of them may be', () => {
  const socket = new SlowSocket();
  const queue = new ReaderQueue({ socket, maxAnswerBytes: 1_000 });
  queue.push(new Slot('a'), messageOf(2 * MB), 0);
  for (let i = 0; i < 10; i++) queue.send('x'.repeat(100));
  expect([socket.sent.length, socket.closed]).toEqual([11, undefined]);
  queue.send('x');
  queue.send('x');
  expect(socket.closed).toBe('1008 the reader takes no data');
});

test('a subscription that ended leaves nothing behind', () => {
  const { queue, drain } = stalled();
  const [a, b] = [new Slot('a'), new Slot('b')];
  queue.push(a, messageOf(100, 1), 0);
  queue.push(b, messageOf(100, 2), 0);
  queue.forget(a);
  queue.forget(a);
  expect(queue.waitingBytes).toBe(100 + MESSAGE_OVERHEAD_BYTES);
  drain();
  expect([a.left, b.left]).toEqual([[], [2]]);
});

interface ModelEntry {
  readonly slot: Slot;
  readonly sequence: number;
  readonly bytes: number;
  readonly cameMs: number;
}

/** What the queue is to do, said simply: every waiting message in one list. */
class Model {
  readonly left: string[] = [];
  #waiting: ModelEntry[] = [];
  readonly #owed = new Map<Slot, number>();

  push(slot: Slot, sequence: number, bytes: number, cameMs: number, hasRoom: boolean): void {
    if (this.#waiting.length === 0 && hasRoom) {
      this.left.push(`${slot.name} ${sequence}`);
      this.#owed.delete(slot);
      return;
    }
    this.#waiting.push({ slot, sequence, bytes: bytes + MESSAGE_OVERHEAD_BYTES, cameMs });
    while (this.#of(slot).length > slot.depth) {
      this.#owed.set(slot, this.#dueMs(slot));
      this.#waiting.splice(this.#waiting.indexOf(this.#of(slot)[0]!), 1);
    }
  }

  /** Whichever of those due first leaves. */
  leave(name: string, sequence: number): void {
    const slots = [...new Set(this.#waiting.map(({ slot }) => slot))];
    const first = Math.min(...slots.map((slot) => this.#dueMs(slot)));
    const due = slots.filter((slot) => this.#dueMs(slot) === first);
    const slot = due.find((candidate) => candidate.name === name);
    expect(due.map((candidate) => candidate.name)).toContain(name);
    const entry = this.#of(slot!)[0]!;
    expect(entry.sequence).toBe(sequence);
    this.#waiting.splice(this.#waiting.indexOf(entry), 1);
    this.#owed.delete(slot!);
  }

  get bytes(): number {
    return this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #of(slot: Slot): ModelEntry[] {
    return this.#waiting.filter((entry) => entry.slot === slot);
  }

  #dueMs(slot: Slot): number {
    const first = this.#of(slot)[0]!;
    return Math.min(this.#owed.get(slot) ?? Number.POSITIVE_INFINITY, first.cameMs + first.bytes / BYTES_PER_MS);
  }
}

test('below the memory bound it does what the model says, whatever comes and leaves', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), slot: fc.nat(4), bytes: fc.constantFrom(0, 10, 5_000, 90_000) }),
    fc.record({ kind: fc.constant('drain' as const), bytes: fc.constantFrom(1_000, 100_000, 1_000_000) }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 20, 300) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const socket = new SlowSocket();
      const queue = new ReaderQueue({ socket, maxBytes: Number.MAX_SAFE_INTEGER });
      const model = new Model();
      const left: [string, number][] = [];
      const slots = [1, 1, 2, 3, 50].map((depth, i) => {
        const slot = new Slot(`s${i}`, { depth });
        slot.encode = (message) => {
          left.push([slot.name, message.sequence]);
          return message.data;
        };
        return slot;
      });
      let nowMs = 0;
      steps.forEach((next, sequence) => {
        switch (next.kind) {
          case 'push': {
            const slot = slots[next.slot]!;
            const before = left.length;
            model.push(slot, sequence, next.bytes, nowMs, queue.hasRoom);
            queue.push(slot, messageOf(next.bytes, sequence), nowMs);
            if (model.left.length > 0)
              expect(left.slice(before).map(([name, at]) => `${name} ${at}`)).toEqual(model.left);
            else expect(left).toHaveLength(before);
            model.left.length = 0;
            break;
          }
          case 'drain': {
            const before = left.length;
            socket.bufferedBytes = Math.max(0, socket.bufferedBytes - next.bytes);
            queue.handleWritable();
            for (const [name, at] of left.slice(before)) model.leave(name, at);
            expect(queue.hasRoom && queue.waitingBytes > 0).toBe(false);
            break;
          }
          case 'wait':
            nowMs += next.ms;
        }
        expect(queue.waitingBytes).toBe(model.bytes);
      });
    }),
    { numRuns: 300 },
  );
});
