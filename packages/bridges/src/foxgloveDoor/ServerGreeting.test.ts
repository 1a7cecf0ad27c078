import type { Encoding } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { ServerGreeting } from './ServerGreeting.ts';
import type { ServerOp } from './ServerOp.ts';

function setup(encodings: Encoding[]): { greeting: ServerGreeting; sent: ServerOp[]; clock: FakeClock } {
  const clock = new FakeClock();
  const sent: ServerOp[] = [];
  const greeting = new ServerGreeting({
    clock,
    name: 'r',
    sessionId: 's',
    capabilities: [],
    encodings: () => encodings,
    send: (op) => sent.push(op),
    handleGreeted: () => undefined,
  });
  return { greeting, sent, clock };
}

const empty = { rosVersion: 1, topics: [], services: [] } as const;

test.each([
  { encodings: [], supported: ['ros1', 'json'] },
  { encodings: ['ros1', 'json'], supported: ['ros1', 'json'] },
  { encodings: ['json'], supported: ['json'] },
] as { encodings: Encoding[]; supported: string[] }[])(
  'a robot with channels in $encodings takes $supported',
  ({ encodings, supported }) => {
    const { greeting, sent } = setup(encodings);
    greeting.handleGraph(empty);
    expect(sent).toMatchObject([{ supportedEncodings: supported, metadata: { ROS_DISTRO: 'noetic' } }]);
  },
);

test('while the robot is away its channels tell its kind', () => {
  const { greeting, sent } = setup(['json', 'cdr']);
  greeting.handleAway();
  expect(sent).toMatchObject([{ supportedEncodings: ['cdr', 'json'], metadata: { ROS_DISTRO: 'humble' } }]);
});

test('the same is not told again', async () => {
  const { greeting, sent, clock } = setup([]);
  greeting.handleGraph(empty);
  greeting.handleGraph(empty);
  greeting.handleAway();
  await clock.advance(10_000);
  expect(sent).toHaveLength(1);
  greeting.close();
  expect(clock.pendingTimers).toBe(0);
});
