import type { DeviceRecord } from '@longline/client';
import { expect, test } from 'vitest';
import { driveScreen } from './driveScreen.ts';
import type { DriveView } from './driveScreen.ts';

const motion: NonNullable<DeviceRecord['status']['motion']> = {
  deadman: { state: 'ready' },
  token: 4,
  leased: true,
  latches: [],
  outputs: [{ kind: 'topic', name: '/cmd_vel', state: 'moving', timeoutMs: 500, others: [], refused: 0 }],
};
const record: DeviceRecord = {
  device: 'turtle',
  online: true,
  epoch: 1,
  sinceMs: 0,
  robot: 'turtlesim:',
  software: 'test',
  status: { ros: { state: 'connected' }, simulatedTime: false, standing: [], motion },
  line: { roundTripMs: 60, sockets: 1, receivedBytesPerSecond: 0, reconnects: 0 },
};
const view: DriveView = {
  device: 'turtle',
  target: { topic: '/cmd_vel', type: 'geometry_msgs/Twist' },
  velocity: { linear: 0.5, angular: -1 },
  speed: 1,
  frames: 12,
  lease: { token: 4, holdMs: 1_500, replaced: 0 },
  note: undefined,
  record,
  serverMs: 12,
};
const withMotion = (changed: Partial<typeof motion>): DriveView => ({
  ...view,
  record: { ...record, status: { ...record.status, motion: { ...motion, ...changed } } },
});

test('all that an operator has to know', () => {
  expect(driveScreen(view)).toEqual([
    'turtle  DRIVING',
    '',
    'asked    linear +0.50 m/s   angular -1.00 rad/s   speed 100 %',
    'output   /cmd_vel (geometry_msgs/Twist)',
    'robot    moving; stops after 500 ms without a fresh frame',
    "lease    yours, token 4; ends 1.5 s after this program's last word",
    'way      server 12 ms, robot 60 ms behind it (round trips)',
    'frames   12 sent',
    'note     -',
    '',
    'w s a d or arrows drive while held; a single press drives for 0.6 s',
    'space STOPS and stays stopped; r releases; t takes the lease; + - speed; q ends',
  ]);
});

test.each<[string, DriveView, RegExp]>([
  ['nothing held', { ...view, velocity: { linear: 0, angular: 0 } }, /^turtle {2}ready$/],
  ['no lease', { ...view, lease: undefined }, /NO LEASE: keys move nothing; t takes it/],
  ['offline', { ...view, record: { ...record, online: false } }, /OFFLINE/],
  ['no server', { ...view, serverMs: undefined }, /NO CONNECTION/],
  ['no deadman', withMotion({ deadman: { state: 'absent' } }), /NO DEADMAN/],
  [
    'stopped',
    withMotion({ latches: [{ outputs: '**', by: 'eve', sinceMs: 0 }] }),
    /STOPPED by eve since 1970-01-01T00:00:00.000Z; r releases/,
  ],
])('the first line tells: %s', (_, shown, line) => {
  expect(driveScreen(shown)[0]).toMatch(line);
});

test('others on the topic and refusals are told', () => {
  const [output] = motion.outputs;
  const shown = withMotion({
    outputs: [{ ...output!, others: ['/planner'], refused: 3, lastRefusal: 'LIMIT_BEYOND' }],
  });
  expect(driveScreen(shown).slice(3, 7)).toEqual([
    'output   /cmd_vel (geometry_msgs/Twist)',
    'robot    moving; stops after 500 ms without a fresh frame',
    'ALSO BY  /planner, which a stop here does not stop',
    'refused  3, last LIMIT_BEYOND',
  ]);
});
