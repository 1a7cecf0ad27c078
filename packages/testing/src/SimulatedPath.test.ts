import type { LineEndpoint, Transport } from '@longline/line';
import { describe, expect, test } from 'vitest';
import { FakeClock } from './FakeClock.ts';
import { SimulatedPath } from './SimulatedPath.ts';
import type { SimulatedConnection } from './SimulatedConnection.ts';

/** Sends from left to right and notes when each frame, named by its first byte, came. */
class Probe {
  readonly #clock: FakeClock;
  readonly arrivals: [number, number][] = [];
  closes: number[] = [];
  #transport: Transport | undefined;

  constructor(clock: FakeClock, connection: SimulatedConnection) {
    this.#clock = clock;
    const end = (handleFrame: (frame: Uint8Array) => void): LineEndpoint => ({
      handleFrame,
      handleText: () => undefined,
      handleWritable: () => undefined,
      handleDisconnected: (code) => this.closes.push(code),
    });
    connection.left.attach((transport) => {
      this.#transport = transport;
      return end(() => undefined);
    });
    connection.right.attach(() =>
      end((frame) => this.arrivals.push([frame[0]!, Math.round(this.#clock.monotonicMs())])),
    );
  }

  send(name: number, bytes: number): void {
    this.#transport?.send(new Uint8Array(bytes).fill(name));
  }

  close(code: number): void {
    this.#transport?.close(code, '');
  }
}

describe('SimulatedPath', () => {
  test('what is sent arrives after its time on the wire and the delay, on all connections of a path together', async () => {
    const clock = new FakeClock();
    const path = new SimulatedPath(clock, { up: { bytesPerS: 100_000, delayMs: 30 } });
    const [one, other] = [new Probe(clock, path.connect()), new Probe(clock, path.connect())];
    one.send(1, 940);
    other.send(2, 940);
    one.send(3, 940);
    await clock.advance(100);
    expect(one.arrivals).toEqual([
      [1, 40],
      [3, 60],
    ]);
    expect(other.arrivals).toEqual([[2, 50]]);
  });

  test('a packet for which the queue has no place holds up its connection for a round trip and a quarter, and no other', async () => {
    const clock = new FakeClock();
    const path = new SimulatedPath(clock, {
      up: { bytesPerS: 100_000, delayMs: 30, queueBytes: 2_000 },
      down: { delayMs: 30 },
    });
    const [one, other] = [new Probe(clock, path.connect()), new Probe(clock, path.connect())];
    for (const name of [1, 2, 3]) one.send(name, 940);
    await clock.advance(15);
    one.send(4, 40);
    other.send(5, 40);
    await clock.advance(400);
    expect(path.up.lost).toBe(1);
    // 80 ms of round trip, the queue included, and a quarter; then its own time on the wire and the delay.
    expect(one.arrivals.map(([name, atMs]) => [name, atMs])).toEqual([
      [1, 40],
      [2, 50],
      [3, 140],
      [4, 140],
    ]);
    expect(other.arrivals).toEqual([[5, 52]]);
  });

  test('every frame arrives once and in order, however many packets are lost, and the same seed loses the same', async () => {
    const run = async (seed: number): Promise<[number, number][]> => {
      const clock = new FakeClock();
      const path = new SimulatedPath(clock, { up: { bytesPerS: 500_000, delayMs: 5, loss: 0.2 }, seed });
      const probe = new Probe(clock, path.connect());
      for (let name = 0; name < 100; name++) probe.send(name, 2_000);
      await clock.advance(20_000);
      return probe.arrivals;
    };
    const arrivals = await run(7);
    expect(arrivals.map(([name]) => name)).toEqual(Array.from({ length: 100 }, (_, name) => name));
    expect(await run(7)).toEqual(arrivals);
    expect(await run(8)).not.toEqual(arrivals);
  });

  test('while silent nothing arrives; then all does, a close last', async () => {
    const clock = new FakeClock();
    const path = new SimulatedPath(clock, { up: { delayMs: 10 } });
    const probe = new Probe(clock, path.connect());
    path.setSilent(true);
    probe.send(1, 10);
    probe.close(4409);
    await clock.advance(5_000);
    expect([probe.arrivals, probe.closes]).toEqual([[], [4409]]);
    path.setSilent(false);
    await clock.advance(10_000);
    expect(probe.arrivals).toHaveLength(1);
    expect(probe.closes).toEqual([4409, 4409]);
  });

  test('the rate may change on the way', async () => {
    const clock = new FakeClock();
    const path = new SimulatedPath(clock, { up: { bytesPerS: 100_000 } });
    const probe = new Probe(clock, path.connect());
    for (const name of [1, 2, 3]) probe.send(name, 940);
    await clock.advance(5);
    path.setUp({ bytesPerS: 10_000 });
    await clock.advance(1_000);
    expect(probe.arrivals.map(([, atMs]) => atMs)).toEqual([10, 110, 210]);
  });
});
