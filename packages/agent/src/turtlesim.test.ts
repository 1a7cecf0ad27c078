import { Message } from '@longline/ros';
import { FakeClock, FakeLineServer } from '@longline/testing';
import { openTurtlesim } from '@longline/turtlesim';
import { expect, test } from 'vitest';
import { startAgent } from './startAgent.ts';

test('a standing command drives the turtle in a circle of radius 1, read from its poses; the line’s end stops it', async () => {
  const clock = new FakeClock();
  const server = new FakeLineServer(clock, { delayMs: 20 });
  const agent = await startAgent(
    { device: 'turtle', robot: 'turtlesim:', allow: { publish: ['/turtle1/cmd_vel'] } },
    { clock, graph: openTurtlesim({ clock }), dial: server.dial },
  );
  await clock.advance(500);
  expect(server.line.topics).toContain('/turtle1/pose');
  server.line.request({ kind: 'lease.take', holdMs: 60_000 }, '', { token: 1 });
  await clock.advance(100);
  const command = { kind: 'standing.set', topic: '/turtle1/cmd_vel', encoding: 'json', rateHz: 10 } as const;
  for (let renewal = 0; renewal < 40; renewal++) {
    server.line.request({ ...command, holdMs: 1_000 }, '{"linear":{"x":1},"angular":{"z":1}}', { token: 1 });
    await clock.advance(250);
  }
  const { messages, channels } = server.line;
  const poses = messages
    .filter(({ topic }) => topic === '/turtle1/pose')
    .slice(60)
    .map((parts) => new Message(channels.get(parts.channelId)!, parts).value);
  expect(poses.length).toBeGreaterThan(550);
  const span = (field: string): number => {
    const values = poses.map((pose) => Number(pose[field]));
    return Math.max(...values) - Math.min(...values);
  };
  expect(span('x')).toBeCloseTo(2, 1);
  expect(span('y')).toBeCloseTo(2, 1);
  const line = server.line;
  server.kill();
  server.isUp = true;
  await clock.advance(2_000);
  expect(server.line).not.toBe(line);
  const after = server.line.messages.filter(({ topic }) => topic === '/turtle1/pose').at(-1)!;
  expect(new Message(server.line.channels.get(after.channelId)!, after).value).toMatchObject({
    linear_velocity: 0,
    angular_velocity: 0,
  });
  const stopped = agent.stop();
  await clock.advance(100);
  await stopped;
  expect(agent.status.line).toEqual({ state: 'stopped' });
});
