import { expect, test } from 'vitest';
import { StopLatches } from './StopLatches.ts';

const latch = (outputs: string, by = 'ann') => ({ outputs, by, sinceMs: 1 });
const latched = (...patterns: string[]): StopLatches => {
  const latches = new StopLatches();
  for (const pattern of patterns) latches.add(latch(pattern));
  return latches;
};
const patternsOf = (latches: StopLatches): string[] => latches.list.map(({ outputs }) => outputs);

test('a latch holds what it names, for everybody, and says who set it', () => {
  const latches = latched('/arm/**');
  expect(() => latches.check('topic', '/arm/goal')).toThrow(expect.objectContaining({ code: 'STOP_LATCHED' }));
  expect(() => latches.check('topic', '/arm/goal')).toThrow('ann');
  expect(() => latches.check('topic', '/cmd_vel')).not.toThrow();
  expect(latched('/node/**').isLatched('/node:speed')).toBe(true);
});

test('the same stop again changes nothing; the first one stands', () => {
  const latches = latched('/a');
  latches.add(latch('/a', 'bob'));
  expect(latches.list).toEqual([latch('/a')]);
});

test('more stops than there may be become one of everything', () => {
  const latches = latched(...Array.from({ length: 101 }, (_, index) => `/output_${index}`));
  expect(patternsOf(latches)).toEqual(['/**']);
});

test('a release takes the stops it names, and those whose one name it matches', () => {
  const latches = latched('/arm/a', '/arm/b', '/cmd_vel');
  latches.release('/arm/*');
  expect(patternsOf(latches)).toEqual(['/cmd_vel']);
  latches.release('/**');
  expect(patternsOf(latches)).toEqual([]);
});

test('a part of what was stopped as a whole is not released', () => {
  const latches = latched('/**');
  expect(() => latches.release('/cmd_vel')).toThrow(
    'There is no stop of /cmd_vel alone. Release one that stands: /**.',
  );
  expect(latches.isLatched('/cmd_vel')).toBe(true);
});

test('what is no pattern is refused, and what was latched stays', () => {
  const latches = latched('/a');
  expect(() => latches.add(latch('cmd_vel'))).toThrow(expect.objectContaining({ code: 'PATTERN_INVALID' }));
  expect(() => latches.release('[')).toThrow(expect.objectContaining({ code: 'PATTERN_INVALID' }));
  expect(patternsOf(latches)).toEqual(['/a']);
});
