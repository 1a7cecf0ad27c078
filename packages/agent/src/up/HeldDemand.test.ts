import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { DEMAND_CONFIRM_MS, DEMAND_OFFLINE_MS, HeldDemand } from './HeldDemand.ts';

function setUp(): { clock: FakeClock; demand: HeldDemand; told: string[] } {
  const clock = new FakeClock();
  const told: string[] = [];
  const demand = new HeldDemand({ clock, handleDemand: (id, rateHz) => void told.push(`${id}:${rateHz}`) });
  return { clock, demand, told };
}

test('what the server says holds, and the same again is no news', () => {
  const { demand, told } = setUp();
  demand.handleLineOpen();
  demand.handleDemand({ id: 1, rateHz: 5 });
  demand.handleDemand({ id: 1, rateHz: 5 });
  demand.handleDemand({ id: 2, rateHz: null });
  demand.handleDemand({ id: 1, rateHz: 0 });
  demand.handleDemand({ id: 3, rateHz: 0 });
  expect(told).toEqual(['1:5', '2:Infinity', '1:0']);
  expect([demand.rateOf(1), demand.rateOf(2), demand.rateOf(3)]).toEqual([0, Infinity, 0]);
});

test('a short loss of the line ends no demand that the server says again', async () => {
  const { clock, demand, told } = setUp();
  demand.handleDemand({ id: 1, rateHz: 5 });
  demand.handleDemand({ id: 2, rateHz: 5 });
  demand.handleLineClosed();
  await clock.advance(DEMAND_OFFLINE_MS - 1);
  demand.handleLineOpen();
  await clock.advance(DEMAND_CONFIRM_MS - 1);
  demand.handleDemand({ id: 1, rateHz: 5 });
  expect(told.splice(0)).toEqual(['1:5', '2:5']);
  await clock.advance(1);
  expect(told).toEqual(['2:0']);
  expect(clock.pendingTimers).toBe(0);
});

test('without a line demand ends after half a minute, and a forgotten channel is told nothing', async () => {
  const { clock, demand, told } = setUp();
  demand.handleDemand({ id: 1, rateHz: 5 });
  demand.handleDemand({ id: 2, rateHz: 5 });
  demand.handleLineClosed();
  demand.forget(2);
  await clock.advance(DEMAND_OFFLINE_MS);
  expect(told).toEqual(['1:5', '2:5', '1:0']);
});
