/** Bytes of a page that several slots share. */
const PAGE_BYTES = 16 * 1024;
const SMALLEST_SLOT = 64;
/** A larger slot has a page of its own. */
const LARGEST_SHARED_SLOT = 4 * 1024;

/** Slots of one size, cut out of one piece of memory. */
export class SlabPage {
  readonly slotBytes: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where slots begin that were given back; those from `#untouched` on were never taken. */
  readonly #given: number[] = [];
  #untouched = 0;
  #taken = 0;

  constructor(slotBytes: number) {
    this.slotBytes = slotBytes;
    this.bytes = new Uint8Array(Math.max(1, Math.floor(PAGE_BYTES / slotBytes)) * slotBytes);
    this.view = new DataView(this.bytes.buffer);
  }

  get empty(): boolean {
    return this.#taken === 0;
  }

  get full(): boolean {
    return this.#given.length === 0 && this.#untouched === this.bytes.length;
  }

  take(): number {
    this.#taken++;
    const given = this.#given.pop();
    if (given !== undefined) return given;
    const start = this.#untouched;
    this.#untouched += this.slotBytes;
    return start;
  }

  give(start: number): void {
    this.#taken--;
    this.#given.push(start);
  }
}

/**
 * Memory for very many small records, each of which is written over again and again: no buffer and no view for each. A
 * slot is at most a half larger than asked for (beyond 64 bytes), and a page that nobody uses is given back.
 */
export class RecordSlab {
  /** The pages with room, by the size of their slots. */
  readonly #open = new Map<number, SlabPage[]>();

  /** Takes a slot of at least so many bytes: `slotBytes` of the page, from `start` on. */
  take(bytes: number): { readonly page: SlabPage; readonly start: number } {
    const slotBytes = slotBytesFor(bytes);
    const pages = this.#open.get(slotBytes) ?? [];
    const page = pages.at(-1) ?? new SlabPage(slotBytes);
    const start = page.take();
    if (pages.length === 0 && !page.full) this.#open.set(slotBytes, [page]);
    else if (page.full) this.#close(page);
    return { page, start };
  }

  /** Gives a slot back: what lies there is another's from now on. */
  give(page: SlabPage, start: number): void {
    const wasFull = page.full;
    page.give(start);
    if (page.empty) {
      this.#close(page);
    } else if (wasFull) {
      const pages = this.#open.get(page.slotBytes);
      if (pages === undefined) this.#open.set(page.slotBytes, [page]);
      else pages.push(page);
    }
  }

  #close(page: SlabPage): void {
    const pages = this.#open.get(page.slotBytes) ?? [];
    const at = pages.indexOf(page);
    if (at >= 0) pages.splice(at, 1);
    if (pages.length === 0) this.#open.delete(page.slotBytes);
  }
}

/** 64, 96, 128, 192, 256 and so on; beyond what pages share, a quarter more than is needed now. */
function slotBytesFor(bytes: number): number {
  if (bytes > LARGEST_SHARED_SLOT) return Math.ceil(bytes * 1.25);
  const power = Math.max(SMALLEST_SLOT, 2 ** Math.ceil(Math.log2(bytes)));
  const between = power * 0.75;
  return between >= bytes && between > SMALLEST_SLOT ? between : power;
}
