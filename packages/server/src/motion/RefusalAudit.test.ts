import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { somebody } from '../access/principal.fixture.ts';
import { deviceUnknown } from '../errors.ts';
import type { AuditEntry } from '../store/AuditEntry.ts';
import { RefusalAudit } from './RefusalAudit.ts';

function setUp(): { clock: FakeClock; kept: AuditEntry[]; refuse: (name: string, device: string) => void } {
  const clock = new FakeClock();
  const kept: AuditEntry[] = [];
  const refusals = new RefusalAudit({ record: (entry) => void kept.push(entry) }, clock);
  return {
    clock,
    kept,
    refuse: (name, device) => {
      const refused = (): never => {
        throw deviceUnknown(device);
      };
      const wanted = { device, principal: somebody('viewer', {}, name), target: 'stop' };
      expect(() => refusals.watch(wanted, refused)).toThrow(device);
    },
  };
}

test('the same refusal is kept once in 10 s', async () => {
  const { clock, kept, refuse } = setUp();
  refuse('ann', 'r1');
  refuse('ann', 'r1');
  refuse('bob', 'r1');
  await clock.advance(10_000);
  refuse('ann', 'r1');
  expect(kept.map(({ principal, device }) => [principal, device])).toEqual([
    ['ann', 'r1'],
    ['bob', 'r1'],
    ['ann', 'r1'],
  ]);
});

test('who is refused a thousand different things fills no audit, and keeps nobody else out of it', async () => {
  const { clock, kept, refuse } = setUp();
  for (let i = 0; i < 1_000; i++) refuse('eve', `r${i}`);
  refuse('ann', 'r1');
  expect(kept.length).toBe(21);
  expect(kept.at(-1)).toMatchObject({ principal: 'ann', code: 'DEVICE_UNKNOWN' });
  await clock.advance(10_000);
  refuse('eve', 'r1');
  expect(kept.at(-1)).toMatchObject({ principal: 'eve' });
});

test('thousands of principals are bounded', () => {
  const { kept, refuse } = setUp();
  for (let i = 0; i < 5_000; i++) refuse(`p${i}`, 'r1');
  expect(kept.length).toBe(5_000);
});
