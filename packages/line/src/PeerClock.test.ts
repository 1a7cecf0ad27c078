import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PeerClock } from './PeerClock.ts';

test('the truth lies within the estimated error, whatever the delays each way', () => {
  const delay = fc.double({ min: 0, max: 2_000, noNaN: true });
  fc.assert(
    fc.property(
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.array(fc.tuple(delay, delay, delay), { minLength: 1, maxLength: 20 }),
      (offset, pings) => {
        const clock = new PeerClock();
        let nowMs = 1_000;
        for (const [out, held, back] of pings) {
          const t1 = nowMs;
          const t2 = t1 + out + offset;
          const t3 = t2 + held;
          nowMs = t3 - offset + back;
          clock.handleSample({ t1, t2, t3, t4: nowMs, ourWallNs: 0n, peerWallNs: 0n });
        }
        const estimate = clock.estimate(nowMs)!;
        expect(Math.abs(estimate.offsetMs - offset)).toBeLessThanOrEqual(estimate.errorMs + 1e-3);
      },
    ),
  );
});

test('the sample with the shortest round trip is believed, and the wall clock is compared at the same instant', () => {
  const clock = new PeerClock();
  clock.handleSample({ t1: 0, t2: 1500, t3: 1500, t4: 1000, ourWallNs: 0n, peerWallNs: 0n });
  clock.handleSample({
    t1: 2000,
    t2: 3010,
    t3: 3012,
    t4: 2022,
    ourWallNs: 50_000_000_000n,
    peerWallNs: 60_000_000_000n,
  });
  const estimate = clock.estimate(2022)!;
  expect(estimate.offsetMs).toBe(1000);
  expect(estimate.errorMs).toBeCloseTo(10, 5);
  // The pong travelled 10 ms, so the peer's wall clock shows 10 ms more by now.
  expect(estimate.wallOffsetNs).toBe(10_010_000_000n);
});

test('the error grows with the age of the sample', () => {
  const clock = new PeerClock();
  clock.handleSample({ t1: 0, t2: 5, t3: 5, t4: 10, ourWallNs: 0n, peerWallNs: 0n });
  expect(clock.estimate(10)!.errorMs).toBe(5);
  expect(clock.estimate(3_600_010)!.errorMs).toBeCloseTo(365, 5);
});

test('impossible samples are not taken', () => {
  const clock = new PeerClock();
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
    clock.handleSample({ t1: 0, t2: bad, t3: bad, t4: 10, ourWallNs: 0n, peerWallNs: 0n });
  }
  clock.handleSample({ t1: 0, t2: 9, t3: 5, t4: 10, ourWallNs: 0n, peerWallNs: 0n });
  clock.handleSample({ t1: 0, t2: 5, t3: 50, t4: 10, ourWallNs: 0n, peerWallNs: 0n });
  expect(clock.estimate(10)).toBeUndefined();
});

test('after a machine slept only what was measured since is believed', () => {
  const clock = new PeerClock();
  const at = { ourWallNs: 0n, peerWallNs: 0n };
  clock.handleSample({ t1: 0, t2: 101, t3: 101, t4: 2, ...at });
  clock.handleSample({ t1: 2_000, t2: 7_110, t3: 7_110, t4: 2_020, ...at });
  expect(clock.estimate(2_020)).toMatchObject({ offsetMs: 5_100, errorMs: 10 });
});
