import { LonglineError } from '@longline/ros';
import { expect, test } from 'vitest';
import { stopText } from './stopText.ts';

const wheels = { kind: 'topic', name: '/cmd_vel', delivered: true, others: [] } as const;
const report = (outputs: Parameters<typeof textOf>[0], waits = false) => textOf(outputs, waits);
const textOf = (outputs: readonly (typeof wheels | object)[], waits: boolean): ReturnType<typeof stopText> =>
  stopText({ device: 'r1', report: { outputs: outputs as never, waits } });

test('a robot whose outputs all took the stop stands still', () => {
  expect(report([wheels, { ...wheels, name: '/arm' }])).toEqual({
    lines: ['r1: STOPPED. ROS took the stop of /cmd_vel, /arm.'],
    isComplete: true,
  });
  expect(report([])).toMatchObject({ isComplete: true });
});

test('other publishers are named, and that they may go on', () => {
  const { isComplete, lines } = report([{ ...wheels, others: ['/planner'], code: 'NOT_EXCLUSIVE' }]);
  expect(isComplete).toBe(false);
  expect(lines[1]).toMatch(/^r1: \/planner also publishes on \/cmd_vel and was not stopped \(NOT_EXCLUSIVE\): IT MAY/);
  expect(report([{ ...wheels, others: ['/a', '/b'] }]).lines[1]).toContain('/a, /b also publish on /cmd_vel and were');
});

test('a stop that ROS did not take, an absent robot and a failure are no stops', () => {
  const untaken = report([{ ...wheels, delivered: false, code: 'ROS_UNREACHABLE' }]);
  expect(untaken.isComplete).toBe(false);
  expect(untaken.lines).toEqual([
    'r1: STOP UNDER WAY. ROS took the stop of nothing.',
    'r1: ROS did not take the stop of /cmd_vel (ROS_UNREACHABLE). The robot tries on; IT MAY STILL MOVE.',
  ]);
  expect(report([], true)).toEqual({ lines: ['r1: NOT CONFIRMED. The stop waits for it.'], isComplete: false });
  const error = new LonglineError('DEVICE_UNKNOWN', 'no such robot');
  expect(stopText({ device: 'r1', error })).toEqual({
    lines: ['r1: NOT STOPPED (DEVICE_UNKNOWN: no such robot)'],
    isComplete: false,
  });
});
