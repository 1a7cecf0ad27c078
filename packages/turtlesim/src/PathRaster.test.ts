import { expect, test } from 'vitest';
import { PathRaster, RASTER_SIZE } from './PathRaster.ts';

const BLACK = { r: 0, g: 0, b: 0 };
const INK = { r: 10, g: 20, b: 30 };

/** Rows of the corner as text, `#` where there is ink. */
function corner(raster: PathRaster, width: number, height: number): string[] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => (raster.colourAt({ x, y }).g === INK.g ? '#' : '.')).join(''),
  );
}

test('a line of width 3 is three pixels high and has square ends', () => {
  const raster = new PathRaster();
  raster.drawLine({ x: 3, y: 2 }, { x: 5, y: 2 }, 3, INK);
  expect(corner(raster, 8, 5)).toEqual(['........', '..#####.', '..#####.', '..#####.', '........']);
});

test('a diagonal line of width 1 has no gaps', () => {
  const raster = new PathRaster();
  raster.drawLine({ x: 0, y: 0 }, { x: 300, y: 217 }, 1, INK);
  for (let x = 0; x <= 300; x++) expect(raster.colourAt({ x, y: (x * 217) / 300 })).toEqual(INK);
});

test('a line without length is a dot', () => {
  const raster = new PathRaster();
  raster.drawLine({ x: 2, y: 2 }, { x: 2, y: 2 }, 3, INK);
  expect(corner(raster, 5, 5)).toEqual(['.....', '.###.', '.###.', '.###.', '.....']);
});

test('lines from and to anywhere are cut to the picture', () => {
  const raster = new PathRaster();
  raster.drawLine({ x: -1e9, y: 5 }, { x: 1e9, y: 5 }, 1, INK);
  expect(raster.colourAt({ x: 0, y: 5 })).toEqual(INK);
  expect(raster.colourAt({ x: RASTER_SIZE - 1, y: 5 })).toEqual(INK);
  expect(raster.colourAt({ x: 0, y: 6 })).toEqual(BLACK);
  raster.drawLine({ x: Number.NaN, y: 0 }, { x: 0, y: Number.POSITIVE_INFINITY }, 200, INK);
  expect(raster.colourAt({ x: 0, y: 0 })).toEqual(BLACK);
});

test('outside the picture is the colour that Qt answers there', () => {
  const raster = new PathRaster();
  expect(raster.colourAt({ x: -1, y: 0 })).toEqual({ r: 0, g: 0x30, b: 0x39 });
  expect(raster.colourAt({ x: Number.NaN, y: 0 })).toEqual({ r: 0, g: 0x30, b: 0x39 });
});
