import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitCircle, turnsAround } from './fitCircle.ts';
import type { Point } from './fitCircle.ts';

const arc = (center: Point, radius: number, from: number, to: number, count: number): Point[] =>
  Array.from({ length: count }, (_, i) => {
    const angle = from + ((to - from) * i) / (count - 1);
    return { x: center.x + radius * Math.cos(angle), y: center.y + radius * Math.sin(angle) };
  });

test('finds any circle from a part of it', () => {
  const coordinate = fc.double({ min: -100, max: 100, noNaN: true });
  fc.assert(
    fc.property(coordinate, coordinate, fc.double({ min: 0.1, max: 50, noNaN: true }), (x, y, radius) => {
      const circle = fitCircle(arc({ x, y }, radius, 0.3, 2.5, 40));
      expect(circle?.radius).toBeCloseTo(radius, 5);
      expect(circle?.center.x).toBeCloseTo(x, 5);
      expect(circle?.maxError).toBeLessThan(1e-5);
    }),
  );
});

test('the largest error is the distance of the worst point', () => {
  const points = [...arc({ x: 5, y: 5 }, 1, 0, 2 * Math.PI, 1_000), { x: 6.1, y: 5 }];
  expect(fitCircle(points)?.maxError).toBeCloseTo(0.1, 2);
});

test.each([
  [
    'too few points',
    [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ],
  ],
  ['points on a line', [0, 1, 2, 3].map((x) => ({ x, y: 2 * x }))],
  ['one point many times', Array.from({ length: 10 }, () => ({ x: 5.5, y: 5.5 }))],
])('%s have no circle', (_name, points) => {
  expect(fitCircle(points)).toBeUndefined();
});

test('turns are counted in either direction, and back and forth is none', () => {
  const center = { x: 1, y: 1 };
  const there = arc(center, 1, 0, 5 * Math.PI, 200);
  expect(turnsAround(there, center)).toBeCloseTo(2.5, 6);
  expect(turnsAround([...there].reverse(), center)).toBeCloseTo(2.5, 6);
  expect(turnsAround([...there, ...[...there].reverse()], center)).toBeCloseTo(0, 6);
});
