import { describe, expect, test } from 'vitest';
import { matchesAny, MAX_PATTERN_LENGTH, topicPattern } from './topicPattern.ts';

describe('topicPattern', () => {
  test.each([
    ['/a/b', '/a/b', true],
    ['/a/b', '/a/bc', false],
    ['/a/b', '/a/b/c', false],
    ['/*', '/a', true],
    ['/*', '/a/b', false],
    ['/*/cmd_vel', '/turtle1/cmd_vel', true],
    ['/cam*_raw', '/camera_raw', true],
    ['/cam*_raw', '/cam/x_raw', false],
    ['/a*b*c', '/aXbYbc', true],
    ['/a*b*c', '/aXbYb', false],
    ['/**', '/a/b/c', true],
    ['/a/**', '/a', true],
    ['/a/**', '/a/b/c', true],
    ['/a/**', '/ab', false],
    ['/**/image', '/image', true],
    ['/**/image', '/a/b/image', true],
    ['/**/image/**', '/a/b/image/c', true],
    ['/**/a/**/b', '/x/a/y/a/b', true],
    ['/**/a/**/b', '/x/a/y/b/c', false],
    ['/{odom,scan}', '/scan', true],
    ['/{odom,scan}', '/imu', false],
    ['/odom{,_filtered}', '/odom', true],
    ['/{a,b}/{c,d}*', '/b/cx', true],
    ['{/a,/b/c}', '/b/c', true],
  ])('%s against %s: %s', (pattern, topic, expected) => {
    expect(topicPattern(pattern)(topic)).toBe(expected);
  });

  test.each([
    ['', 'letters'],
    ['a', 'begin with "/"'],
    ['*', '/**'],
    ['/a//b', 'empty part'],
    ['/a/', 'empty part'],
    ['/a**', '"**" beside'],
    ['/{a', '"{" without'],
    ['/a}', 'outside of'],
    ['/a,b', 'outside of'],
    ['/{a,{b}}', 'within'],
    ['/a.b', 'letters'],
    ['/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}', 'alternatives'],
    ['/'.padEnd(MAX_PATTERN_LENGTH + 1, 'a'), 'characters'],
  ])('%s is refused with what to write', (pattern, words) => {
    expect(() => topicPattern(pattern)).toThrow(
      expect.objectContaining({ code: 'PATTERN_INVALID', message: expect.stringContaining(words) as string }),
    );
  });

  test('a pattern made to backtrack ends at once', () => {
    const matches = topicPattern(`/${'a*'.repeat(200)}b`);
    const deep = topicPattern(`/${'**/a/'.repeat(60)}b`);
    const startMs = performance.now();
    expect(matches(`/${'a'.repeat(254)}`)).toBe(false);
    expect(deep('/a'.repeat(127))).toBe(false);
    expect(performance.now() - startMs).toBeLessThan(500);
  });
});

test('matchesAny is true for one of many and false for none', () => {
  expect(matchesAny(['/a', '/b/*'])('/b/c')).toBe(true);
  expect(matchesAny(['/a', '/b/*'])('/c')).toBe(false);
  expect(matchesAny([])('/c')).toBe(false);
});
