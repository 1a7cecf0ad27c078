import type { RobotStatus } from '@longline/line';
import { expect, test } from 'vitest';
import { StatusPool } from './StatusPool.ts';

const status = (reason: string): RobotStatus => ({
  ros: { state: 'disconnected', reason },
  simulatedTime: false,
  standing: [],
});

test('equal statuses are one object, others are not', () => {
  const pool = new StatusPool();
  const first = pool.shared(status('a'));
  expect(pool.shared(status('a'))).toBe(first);
  expect(pool.shared(status('b'))).toEqual(status('b'));
});

test('neither ever new statuses nor long ones fill the memory', () => {
  const pool = new StatusPool();
  const first = pool.shared(status('a'));
  const long = pool.shared(status('x'.repeat(1_000)));
  expect(pool.shared(status('x'.repeat(1_000)))).not.toBe(long);
  for (let count = 0; count < 1_000; count++) pool.shared(status(String(count)));
  expect(pool.shared(status('a'))).not.toBe(first);
});
