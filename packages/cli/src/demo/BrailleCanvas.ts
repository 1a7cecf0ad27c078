/** First of the 256 braille patterns; each bit is one dot. */
const BRAILLE = 0x2800;
/** Bits of the dots of one character, row by row: two wide, four high. */
const DOTS = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80] as const;

/** A picture of dots in a terminal, two by four of them in every character. The y axis points up. */
export class BrailleCanvas {
  readonly columns: number;
  readonly rows: number;
  readonly #worldWidth: number;
  readonly #worldHeight: number;
  readonly #cells: Uint8Array;
  readonly #marks = new Map<number, string>();

  /** `columns` by `rows` characters for the world from (0, 0) to (width, height). */
  constructor(columns: number, rows: number, world: { readonly width: number; readonly height: number }) {
    this.columns = columns;
    this.rows = rows;
    this.#worldWidth = world.width;
    this.#worldHeight = world.height;
    this.#cells = new Uint8Array(columns * rows);
  }

  /** Sets the dot nearest to a point; points outside of the world are left out. */
  dot(x: number, y: number): void {
    const at = this.#dotAt(x, y);
    if (at === undefined) return;
    const cell = (at.row >> 2) * this.columns + (at.column >> 1);
    this.#cells[cell] = (this.#cells[cell] ?? 0) | (DOTS[(at.row & 3) * 2 + (at.column & 1)] ?? 0);
  }

  /** Puts one character where a point is, over the dots. */
  mark(x: number, y: number, character: string): void {
    const at = this.#dotAt(x, y);
    if (at !== undefined) this.#marks.set((at.row >> 2) * this.columns + (at.column >> 1), character);
  }

  lines(): string[] {
    return Array.from({ length: this.rows }, (_, row) => {
      let line = '';
      for (let cell = row * this.columns; cell < (row + 1) * this.columns; cell++) {
        line += this.#marks.get(cell) ?? String.fromCharCode(BRAILLE + (this.#cells[cell] ?? 0));
      }
      return line;
    });
  }

  #dotAt(x: number, y: number): { readonly column: number; readonly row: number } | undefined {
    const [width, height] = [this.columns * 2, this.rows * 4];
    const column = Math.min(width - 1, Math.floor((x / this.#worldWidth) * width));
    const row = Math.min(height - 1, Math.floor((1 - y / this.#worldHeight) * height));
    const isInside = x >= 0 && x <= this.#worldWidth && y >= 0 && y <= this.#worldHeight;
    return isInside ? { column, row: Math.max(0, row) } : undefined;
  }
}
