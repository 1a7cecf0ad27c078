/** A colour as turtlesim has it: three bytes. */
export interface Rgb {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

/** A point of the raster, in pixels; x to the right, y downwards. */
export interface Pixels {
  readonly x: number;
  readonly y: number;
}

/** Side of the square window, in pixels. */
export const RASTER_SIZE = 500;

/** What `QImage::pixel` answers outside the image: the integer 12345. */
const OUTSIDE: Rgb = { r: 0x00, g: 0x30, b: 0x39 };

/**
 * The picture that the turtles' pens draw and their colour sensors see: 500 x 500 pixels, whatever is drawn.
 *
 * Lines have square ends and no anti-aliasing, as the real node's `QPainter` draws them with its default hints.
 */
export class PathRaster {
  readonly #pixels = new Uint32Array(RASTER_SIZE * RASTER_SIZE);

  fill(colour: Rgb): void {
    this.#pixels.fill(pack(colour));
  }

  /** The colour of the nearest pixel. */
  colourAt(point: Pixels): Rgb {
    const x = Math.floor(point.x + 0.5);
    const y = Math.floor(point.y + 0.5);
    const packed =
      x >= 0 && x < RASTER_SIZE && y >= 0 && y < RASTER_SIZE ? this.#pixels[y * RASTER_SIZE + x] : undefined;
    return packed === undefined ? OUTSIDE : { r: packed >>> 16, g: (packed >>> 8) & 0xff, b: packed & 0xff };
  }

  /** Draws what of the line lies within the picture; a line without length is a dot, one with NaN is nothing. */
  drawLine(from: Pixels, to: Pixels, width: number, colour: Rgb): void {
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    if (!Number.isFinite(length)) return;
    const unit = length === 0 ? { x: 1, y: 0 } : { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
    const half = width / 2;
    const packed = pack(colour);
    // The corners of the square-ended line lie within this of the segment.
    const reach = half * Math.SQRT2;
    const top = firstPixel(Math.min(from.y, to.y) - reach);
    const bottom = lastPixel(Math.max(from.y, to.y) + reach);
    const left = firstPixel(Math.min(from.x, to.x) - reach);
    const right = lastPixel(Math.max(from.x, to.x) + reach);
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const along = (x - from.x) * unit.x + (y - from.y) * unit.y;
        const across = (y - from.y) * unit.x - (x - from.x) * unit.y;
        if (along >= -half && along <= length + half && Math.abs(across) <= half) {
          this.#pixels[y * RASTER_SIZE + x] = packed;
        }
      }
    }
  }
}

const pack = ({ r, g, b }: Rgb): number => ((r & 0xff) << 16) | ((g & 0xff) << 8) | (b & 0xff);
const firstPixel = (edge: number): number => Math.max(0, Math.ceil(edge));
const lastPixel = (edge: number): number => Math.min(RASTER_SIZE - 1, Math.floor(edge));
