import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import { CloneAlarm } from './CloneAlarm.ts';
import { FakeRobotLine, helloOf } from '../testing/FakeRobotLine.ts';
import type { AuditEntry } from '../store/AuditEntry.ts';

test('a clone is told in the log once a minute, in the audit once, and in the record of the device', async () => {
  const clock = new FakeClock();
  const { fleet } = new ServerRooms({ clock });
  const audited: AuditEntry[] = [];
  let logged = 0;
  const alarm = new CloneAlarm({
    clock,
    log: {
      error: () => {
        logged++;
      },
    },
    audit: { record: (entry) => void audited.push(entry) },
  });
  let epoch = 0;
  const open = async (boot: string): Promise<void> => {
    await clock.advance(20_000);
    const opened = fleet.openLine(new FakeRobotLine(), ++epoch, { ...helloOf('r1'), boot });
    if (opened !== undefined) alarm.handleLine(opened.device);
  };
  for (const boot of 'abab') await open(boot);
  expect(fleet.device('r1')?.record().cloned).toBeUndefined();
  expect([logged, audited]).toEqual([0, []]);
  for (const boot of 'ababab') await open(boot);
  expect(fleet.device('r1')?.record().cloned).toMatchObject({ boots: 2 });
  expect(audited).toEqual([{ what: 'device.cloned', principal: 'local', device: 'r1', details: { boots: 2 } }]);
  expect(logged).toBe(2);
  await clock.advance(600_001);
  expect(fleet.device('r1')?.record().cloned).toBeUndefined();
});
