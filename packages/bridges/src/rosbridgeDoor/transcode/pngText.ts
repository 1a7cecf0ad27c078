import { PNG } from 'pngjs';

const NEW_LINE = 0x0a;

/** A JSON text as rosbridge's `png` frame: its bytes are the pixels of an RGB image, filled up with line breaks. */
export function pngText(json: string): string {
  // As Python writes it: clients take each byte for one character.
  const ascii = json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const bytes = Buffer.from(ascii, 'latin1');
  const width = Math.max(1, Math.floor(Math.sqrt(bytes.length / 3)));
  const height = Math.max(1, Math.ceil(bytes.length / 3 / width));
  const data = Buffer.alloc(width * height * 3, NEW_LINE);
  bytes.copy(data);
  const image = new PNG({ width, height });
  image.data = data;
  const png = PNG.sync.write(image, {
    colorType: 2,
    inputColorType: 2,
    inputHasAlpha: false,
    deflateLevel: 3,
    filterType: 0,
  });
  return `{"op":"png","data":"${png.toString('base64')}"}`;
}
