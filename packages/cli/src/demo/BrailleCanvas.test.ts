import { expect, test } from 'vitest';
import { BrailleCanvas } from './BrailleCanvas.ts';

const world = { width: 4, height: 4 };

test('each dot has its bit, and y points up', () => {
  const canvas = new BrailleCanvas(2, 1, world);
  canvas.dot(0, 4);
  canvas.dot(1.1, 0);
  canvas.dot(4, 4);
  expect(canvas.lines()).toEqual(['⢁⠈']);
});

test('points outside are left out, and a mark covers the dots', () => {
  const canvas = new BrailleCanvas(2, 1, world);
  canvas.dot(-1, 2);
  canvas.dot(2, 9);
  expect(canvas.lines()).toEqual(['⠀⠀']);
  canvas.mark(3, 2, '→');
  expect(canvas.lines()).toEqual(['⠀→']);
});
