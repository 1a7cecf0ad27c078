import { silentLog } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { ProblemLog } from './ProblemLog.ts';

test('a flood of problems makes one line a second, which counts the others', async () => {
  const clock = new FakeClock();
  const lines: unknown[] = [];
  const log = { ...silentLog, warn: (details: unknown) => lines.push(details) };
  const problems = new ProblemLog({ clock, log, url: 'ws://robot:9090' });
  for (let i = 0; i < 1000; i++) problems.handle(`problem ${i}`);
  await clock.advance(1000);
  problems.handle('another');
  expect(lines).toEqual([
    { url: 'ws://robot:9090', problem: 'problem 0' },
    { url: 'ws://robot:9090', problem: 'another', unreportedBefore: 999 },
  ]);
  problems.close();
  expect(clock.pendingTimers).toBe(0);
});
