import { PNG } from 'pngjs';

/** Most pixels of an image that is read: their bytes are those of a text. */
const MAX_PIXELS = 16 * 1024 * 1024;
/** A PNG begins with 8 bytes of its own, then a chunk with width and height. */
const WIDTH_AT = 16;
const HEADER_BYTES = 33;
const CHANNELS = 4;

/** The text that a server wrote as the pixels of an RGB image, in base64. Throws where it is none, or too large. */
export function readPngText(base64: string): string {
  const file = Buffer.from(base64, 'base64');
  if (file.length < HEADER_BYTES) throw new Error('it is no PNG');
  const pixels = file.readUInt32BE(WIDTH_AT) * file.readUInt32BE(WIDTH_AT + 4);
  if (pixels > MAX_PIXELS) throw new Error(`it has ${pixels} pixels, at most ${MAX_PIXELS} are read`);
  const { data } = PNG.sync.read(file);
  const text = Buffer.alloc((data.length / CHANNELS) * 3);
  for (let from = 0, to = 0; from < data.length; from += CHANNELS) {
    text[to++] = data[from] ?? 0;
    text[to++] = data[from + 1] ?? 0;
    text[to++] = data[from + 2] ?? 0;
  }
  // The last row is filled up with line breaks, by others with zeros.
  return text.toString('utf8').replace(/[\0\s]+$/, '');
}
