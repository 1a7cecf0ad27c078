import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { readPngText } from './readPngText.ts';

/** As rosbridge does: each byte of the text a channel of a pixel. */
function written(text: string, width: number): string {
  const bytes = Buffer.from(text, 'utf8');
  const height = Math.ceil(bytes.length / 3 / width);
  const data = Buffer.alloc(width * height * 3, '\n');
  bytes.copy(data);
  const image = new PNG({ width, height });
  image.data = data;
  return PNG.sync.write(image, { colorType: 2, inputColorType: 2, inputHasAlpha: false }).toString('base64');
}

test('the pixels are the bytes of the text, without what fills up the last row', () => {
  const text = '{"op":"publish","topic":"/a","msg":{"data":"é"}}';
  expect(readPngText(written(text, 4))).toBe(text);
});

test.each([
  ['no base64', '!!'],
  ['no PNG', Buffer.alloc(100).toString('base64')],
  ['a PNG that is cut', written('{"op":"publish","topic":"/a","msg":{}}', 3).slice(0, 60)],
  ['an image that would be huge', huge()],
])('%s throws at once', (_, base64) => {
  expect(() => readPngText(base64)).toThrow();
});

function huge(): string {
  const file = Buffer.from(written('{}', 1), 'base64');
  file.writeUInt32BE(100_000, 16);
  file.writeUInt32BE(100_000, 20);
  return file.toString('base64');
}
