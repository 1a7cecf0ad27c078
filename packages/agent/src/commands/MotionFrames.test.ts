import { isLonglineError } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { MAX_FRAME_BYTES, MAX_MOVING_TOPICS, MotionFrames } from './MotionFrames.ts';
import { RobotRequest } from './RobotRequest.ts';

class World {
  readonly clock = new FakeClock();
  readonly executed: string[] = [];
  readonly refused: string[] = [];
  readonly ros = Promise.withResolvers<undefined>();
  readonly frames = new MotionFrames({
    execute: async ({ header }) => {
      this.executed.push(`${header.token}/${header.sequence}`);
      await this.ros.promise;
    },
    refuse: (_frame, error) => void this.refused.push(isLonglineError(error) ? error.code : 'INTERNAL'),
  });

  handle(token: number, sequence: number, topic = '/a', bytes = 1): void {
    const action = { kind: 'motion', topic, encoding: 'ros1' } as const;
    const header = { id: 's', issuer: '', ageMs: 0, deadlineMs: 1_000, sentMs: 0, token, sequence, action };
    const lineEnded = new AbortController().signal;
    const payload = new Uint8Array(bytes);
    const { clock } = this;
    this.frames.handleFrame(
      new RobotRequest({ header, payload, ageMs: 0, clock, order: 1, fingerprint: '', lineEnded }),
      action,
    );
  }
}

test('the newest frame waits, also where copies come in another order or of an older lease', async () => {
  const world = new World();
  for (const sequence of [1, 2, 4, 3]) world.handle(5, sequence);
  world.handle(4, 9);
  await world.clock.advance(0);
  expect(world.executed).toEqual(['5/1']);
  world.ros.resolve(undefined);
  await world.clock.advance(0);
  expect(world.executed).toEqual(['5/1', '5/4']);
  world.handle(6, 1);
  expect(world.executed.at(-1)).toBe('6/1');
});

test('a topic that is slow does not hold up another', () => {
  const world = new World();
  world.handle(1, 1, '/a');
  world.handle(1, 2, '/b');
  expect(world.executed).toEqual(['1/1', '1/2']);
});

test('beyond the bounds of topics and bytes frames are refused, and taken again when others are through', async () => {
  const world = new World();
  for (let topic = 0; topic <= MAX_MOVING_TOPICS; topic++) world.handle(1, topic, `/t${topic}`);
  expect(world.refused).toEqual(['AGENT_BUSY']);
  world.handle(1, 999, '/t1', MAX_FRAME_BYTES);
  expect(world.refused).toEqual(['AGENT_BUSY', 'AGENT_BUSY']);
  world.ros.resolve(undefined);
  await world.clock.advance(0);
  expect(world.frames.bytes).toBe(0);
  world.handle(1, 1_000, '/t1', MAX_FRAME_BYTES);
  expect(world.refused.length).toBe(2);
});
