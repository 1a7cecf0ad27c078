import { describe, expect, test } from 'vitest';
import { MAX_SOCKETS, MOST_COPIED_BYTES, SocketPlan } from './SocketPlan.ts';

const RTT_MS = 60;
const LATE_MS = 150;
/** Bytes a millisecond. */
const RATE = 625;

/** A plan that was told of so many late acknowledgements, a second apart, with timely ones between. */
function lateTimes(count: number, plan = new SocketPlan(), fromMs = 0): SocketPlan {
  for (let at = 0; at < count; at++) {
    plan.handleAwaited(LATE_MS, RTT_MS, fromMs + at * 1_000);
    plan.handleAwaited(RTT_MS, RTT_MS, fromMs + at * 1_000 + 200);
  }
  return plan;
}

/** Images leave. */
function withBulk(plan: SocketPlan, nowMs: number): SocketPlan {
  for (let image = 0; image < 5; image++) plan.handleSent('bulk', 30_000, nowMs);
  return plan;
}

/** Small messages leave for 3 s, at so many bytes a millisecond. */
function urgent(plan: SocketPlan, bytesPerMs: number, fromMs: number): void {
  for (let ms = 0; ms <= 3_000; ms += 10) plan.handleSent('state', bytesPerMs * 10, fromMs + ms);
}

describe('SocketPlan', () => {
  test('a path whose acknowledgements are timely has one socket and no copies, whatever it carries', () => {
    const plan = withBulk(new SocketPlan(), 0);
    for (let nowMs = 0; nowMs < 60_000; nowMs += 100) plan.handleAwaited(1.3 * RTT_MS, RTT_MS, nowMs);
    expect(plan.wanted(1, 60_000)).toBe(1);
    expect(plan.copies(RATE, 60_000)).toBe(false);
  });

  test('three late ones within 10 s are believed, two or rarer ones are not', () => {
    expect(lateTimes(2).wanted(1, 2_000)).toBe(1);
    expect(lateTimes(3).wanted(1, 3_000)).toBe(2);
    const rare = new SocketPlan();
    for (let at = 0; at < 10; at++) lateTimes(1, rare, at * 6_000);
    expect(rare.wanted(1, 60_000)).toBe(1);
  });

  test('a queue that grows and empties again, late all the time, counts once', () => {
    const plan = new SocketPlan();
    for (let nowMs = 0; nowMs < 20_000; nowMs += 50)
      plan.handleAwaited(RTT_MS * (1.5 + Math.sin(nowMs / 300) * 0.3) + 30, RTT_MS, nowMs);
    expect(plan.wanted(1, 20_000)).toBe(1);
  });

  test('one that stays out for long is believed at once', () => {
    const plan = new SocketPlan();
    plan.handleAwaited(390, RTT_MS, 0);
    expect(plan.wanted(1, 0)).toBe(1);
    plan.handleAwaited(410, RTT_MS, 20);
    expect(plan.wanted(1, 20)).toBe(2);
    expect(plan.isStuck(410, 600)).toBe(false);
  });

  test('bulk data gets two sockets more, as long as there is some', () => {
    const plan = withBulk(lateTimes(3), 2_000);
    expect(plan.wanted(1, 3_000)).toBe(MAX_SOCKETS);
    expect(withBulk(lateTimes(3, new SocketPlan(), 40_000), 0).wanted(1, 42_500)).toBe(2);
  });

  test('copies end 10 s after the last late acknowledgement, sockets after 60 s', () => {
    const plan = withBulk(lateTimes(3), 2_000);
    expect(plan.copies(RATE, 11_900)).toBe(true);
    expect(plan.copies(RATE, 12_100)).toBe(false);
    expect(plan.wanted(4, 12_100)).toBe(4);
    expect(plan.wanted(2, 12_100)).toBe(2);
    expect(plan.wanted(4, 61_900)).toBe(4);
    expect(plan.wanted(4, 62_100)).toBe(1);
  });

  test('nothing travels twice where urgent messages take more than a quarter of the path', () => {
    const plan = lateTimes(3);
    urgent(plan, 100, 3_000);
    expect(plan.urgentBytesPerMs).toBeCloseTo(100, -1);
    expect(plan.copies(RATE, 6_000)).toBe(true);
    expect(plan.copies(300, 6_000)).toBe(false);
  });

  test('what decides about copies is what they take on the way, which is little where packing pays', () => {
    const plan = lateTimes(3);
    for (let ms = 0; ms <= 3_000; ms += 10) plan.handleSent('state', 1_000, 3_000 + ms, 200);
    expect(plan.urgentBytesPerMs).toBeCloseTo(100, -1);
    expect(plan.copies(300, 6_000)).toBe(true);
    expect(plan.copies(60, 6_000)).toBe(false);
  });

  test('only small messages of the two urgent lanes count as urgent', () => {
    const plan = new SocketPlan();
    for (let ms = 0; ms <= 3_000; ms += 10) {
      plan.handleSent('telemetry', 1_000, ms);
      plan.handleSent('bulk', 1_000, ms);
      plan.handleSent('state', MOST_COPIED_BYTES + 1, ms);
    }
    expect(plan.urgentBytesPerMs).toBe(0);
    urgent(plan, 5, 3_000);
    expect(plan.urgentBytesPerMs).toBeCloseTo(5, 0);
    plan.handleSent('control', 10, 20_000);
    expect(plan.urgentBytesPerMs).toBe(0);
  });

  test('a refused socket is tried again after 30 s, then after twice as long each time, 15 min at most', () => {
    const plan = new SocketPlan();
    let nowMs = 0;
    for (const waitMs of [30_000, 60_000, 120_000, 240_000, 480_000, 900_000, 900_000]) {
      lateTimes(3, plan, nowMs);
      expect(plan.wanted(1, nowMs + 3_000)).toBe(2);
      plan.handleRefused(1, nowMs + 3_000);
      lateTimes(3, plan, nowMs + waitMs);
      expect(plan.wanted(1, nowMs + 3_000 + waitMs - 1)).toBe(1);
      expect(plan.wanted(1, nowMs + 3_000 + waitMs)).toBe(2);
      nowMs += 3_000 + waitMs;
    }
    lateTimes(3, plan, nowMs);
    plan.handleOpened();
    plan.handleRefused(2, nowMs);
    lateTimes(3, plan, nowMs + 28_000);
    expect(withBulk(plan, nowMs + 29_000).wanted(2, nowMs + 29_999)).toBe(2);
    expect(plan.wanted(2, nowMs + 30_000)).toBe(MAX_SOCKETS);
  });
});
