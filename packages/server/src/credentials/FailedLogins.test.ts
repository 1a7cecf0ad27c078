import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import type { AuditEntry } from '../store/AuditEntry.ts';
import { FailedLogins } from './FailedLogins.ts';

test('a flood of wrong tokens is an entry every 10 s, with how many there were', async () => {
  const clock = new FakeClock();
  const told: AuditEntry[] = [];
  const failed = new FailedLogins({ record: (entry) => void told.push(entry) }, clock);
  const counts = (): unknown[] => told.map(({ details }) => details?.['count']);
  failed.handleFailure('10.0.0.1', 'TOKEN_UNKNOWN');
  expect(told).toEqual([
    { what: 'login.failed', principal: '?', code: 'TOKEN_UNKNOWN', details: { count: 1, address: '10.0.0.1' } },
  ]);
  for (let n = 0; n < 10_000; n++) failed.handleFailure('10.0.0.2', 'TOKEN_UNKNOWN');
  await clock.advance(9_999);
  expect(counts()).toEqual([1]);
  await clock.advance(1);
  expect(counts()).toEqual([1, 10_000]);
  await clock.advance(60_000);
  expect(counts()).toEqual([1, 10_000]);
  expect(clock.pendingTimers).toBe(0);
  failed.handleFailure('10.0.0.3', 'TICKET_UNKNOWN');
  failed.handleFailure('10.0.0.3', 'TICKET_UNKNOWN');
  failed.stop();
  expect(counts()).toEqual([1, 10_000, 1, 1]);
  expect(clock.pendingTimers).toBe(0);
});
