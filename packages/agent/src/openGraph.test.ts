import { silentLog, systemClock } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { openGraph, parseRobotUrl } from './openGraph.ts';

test('turtlesim: opens a simulated robot', async () => {
  const graph = await openGraph('turtlesim:', { clock: systemClock, log: silentLog });
  expect((await graph.snapshot()).topics.map(({ name }) => name)).toContain('/turtle1/pose');
  await graph.close();
});

test.each(['', 'localhost', 'http://x', 'ros1:', 'rosbridge://', 'ros2:', 'foxglove:', 'foxglove://'])(
  '%j is refused with what to write',
  (url) => {
    expect(() => parseRobotUrl(url)).toThrow(
      expect.objectContaining({
        code: 'ROBOT_URL_INVALID',
        message: expect.stringContaining('Write turtlesim:') as string,
      }) as Error,
    );
  },
);

test.each([
  ['rosbridge://robot', 'rosbridge://robot:9090'],
  ['rosbridge://robot:9091/path', 'rosbridge://robot:9091/path'],
  ['rosbridge+wss://robot/path', 'rosbridges://robot/path'],
  ['foxglove://robot', 'foxglove://robot:8765'],
  ['foxglove+wss://robot:8443', 'foxgloves://robot:8443'],
])('%s opens a robot behind a bridge, whether or not it can be reached', async (url, name) => {
  const graph = await openGraph(url, { clock: new FakeClock(), log: silentLog });
  expect(graph.name).toBe(name);
  await graph.close();
});

test('hosts and ports of ROS masters and rosbridges are kept', () => {
  expect(parseRobotUrl('ros1://robot:11312')).toMatchObject({ hostname: 'robot', port: '11312' });
  expect(parseRobotUrl('rosbridge://[::1]:9090/path')).toMatchObject({ hostname: '[::1]', pathname: '/path' });
});
