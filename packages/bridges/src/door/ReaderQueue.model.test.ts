import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReaderQueue } from './ReaderQueue.ts';
import { messageOf, Slot, SlowSocket } from './SlowSocket.fixture.ts';
import { BYTES_PER_MS, MESSAGE_OVERHEAD_BYTES } from './WaitingMessages.ts';

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
