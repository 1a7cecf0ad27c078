import type { AdvertisedChannel } from '@longline/line';
import { expect, test } from 'vitest';
import { bytesSchema, int64Schema } from '../testing/schemas.ts';
import { DescriptionPool } from './DescriptionPool.ts';

const channel: AdvertisedChannel = {
  id: 1,
  topic: '/a',
  schema: int64Schema,
  encoding: 'ros1',
  latched: false,
  lane: 'state',
  delivery: 'latest',
};

test('equal descriptions are one object, and no other one', () => {
  const pool = new DescriptionPool();
  expect(pool.shared(channel)).toBe(channel);
  expect(pool.shared({ ...channel })).toBe(channel);
  const others: AdvertisedChannel[] = [
    { ...channel, id: 2 },
    { ...channel, topic: '/b' },
    { ...channel, schema: bytesSchema },
    { ...channel, encoding: 'cdr' },
    { ...channel, latched: true },
    { ...channel, lane: 'bulk' },
    { ...channel, delivery: 'queue' },
    { ...channel, demand: 'watched' },
  ];
  for (const other of others) expect(pool.shared(other)).toBe(other);
  expect(new Set(others.map((other) => pool.shared({ ...other })))).toEqual(new Set(others));
});

test('robots with ever new names fill no memory', () => {
  const pool = new DescriptionPool();
  const first = pool.shared({ ...channel, topic: '/robot_0/a' });
  for (let robot = 1; robot <= 1_000; robot++) pool.shared({ ...channel, topic: `/robot_${robot}/a` });
  expect(pool.shared({ ...first })).not.toBe(first);
});
