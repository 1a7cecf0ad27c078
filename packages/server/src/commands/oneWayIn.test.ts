import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** The server's sources without tests, by path. */
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !/\.test\.ts$|\.fixture\.ts$|^testing\//.test(path))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

const filesWith = (pattern: RegExp): string[] =>
  sources
    .filter(({ text }) => pattern.test(text))
    .map(({ path }) => path)
    .sort();

/** Where requests are kept account of: what is behind RobotRequests, what only stores, and plain devices, which are robots. */
const rooms = /^(?:commands|motion|standing|seams|store|plain)\//;

test('one place puts requests on robots’ lines, one motion frames', () => {
  expect(filesWith(/\bline\??\.request\(/i)).toEqual(['commands/RequestLine.ts']);
  expect(filesWith(/\bline\??\.motion\(/i)).toEqual(['motion/MotionStream.ts']);
  expect(filesWith(/\.openStream\(/)).toEqual(['commands/LateWords.ts', 'motion/MotionStream.ts']);
  // No other name for a robot's line, and no end of one, asks robots either.
  expect(filesWith(/\bend\??\.(?:request|motion)\(/)).toEqual([]);
  expect(filesWith(/from '[^']*\/RequestLine\.ts'/).every((path) => rooms.test(path))).toBe(true);
});

test('no door sends past RobotRequests', () => {
  const sends = /(?:commands|leases|stops|standing|motion)\??\.(?:submit|ask|set|end|take|renew|release|stop|open)\(/;
  const calls = sources
    .filter(({ path }) => !rooms.test(path))
    .flatMap(({ path, text }) => [...text.matchAll(new RegExp(sends, 'g'))].map(([call]) => `${path} ${call}`));
  // Those of the end of the process send nothing.
  expect(calls.toSorted()).toEqual(['startServer.ts commands.stop(', 'startServer.ts standing.stop(']);
});

test('RobotRequests is made once, with its rooms', () => {
  expect(filesWith(/new RobotRequests\(/)).toEqual(['motion/openMotionRooms.ts']);
});
