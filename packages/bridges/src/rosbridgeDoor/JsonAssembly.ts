import { parseJsonExact } from '@longline/ros';
import { readJsonObjects } from '../rosbridge/readJsonObjects.ts';

/** What a text frame led to. */
export interface JsonPieces {
  readonly values: readonly unknown[];
  /** Words about what could not be read. */
  readonly problem: string | undefined;
}

/** Most characters of an object that came in part; beyond it they are forgotten. */
export const MAX_PARTIAL_LENGTH = 10_000_000;
/** Most frames that one object may be spread over. */
export const MAX_PARTIAL_FRAMES = 10_000;

/**
 * Reads JSON objects out of text frames: one in each is the rule; several in one, and one over several frames, are taken as
 * rosbridge takes them. What cannot be read is told once and forgotten: it never spoils what comes after it.
 */
export class JsonAssembly {
  #parts: string[] = [];
  #length = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** Whether an object waits for its rest. */
  get isPartial(): boolean {
    return this.#parts.length > 0;
  }

  handle(text: string): JsonPieces {
    if (text.trim() === '' && !this.isPartial) return { values: [], problem: 'an empty frame' };
    try {
      const value = parseJsonExact(text);
      if (!this.isPartial) return { values: [value], problem: undefined };
      if (isOp(value)) return { values: [value], problem: this.forget() };
    } catch (error) {
      if (!this.isPartial) return this.#begin(text, error);
    }
    return this.#go(text);
  }

  /** Drops what waits for its rest, and says so. */
  forget(): string | undefined {
    if (!this.isPartial) return undefined;
    const length = this.#length;
    this.#reset();
    return `an object of ${length} characters so far was not complete, and its rest did not come`;
  }

  #begin(text: string, error: unknown): JsonPieces {
    const start = this.#scan(text);
    if (this.#depth === 0) {
      this.#reset();
      return readJsonObjects(text);
    }
    const before = start === 0 ? { values: [], problem: undefined } : readJsonObjects(text.slice(0, start));
    const values = text.slice(0, start).trim() === '' ? [] : before.values;
    const isTooDeep = error instanceof Error && error.message.includes('nested');
    if (isTooDeep) {
      this.#reset();
      return { values, problem: error.message };
    }
    return this.#keep(text.slice(start), values, start === 0 ? undefined : before.problem);
  }

  #go(text: string): JsonPieces {
    const start = this.#scan(text);
    if (this.#depth > 0 && start === 0) return this.#keep(text, [], undefined);
    const isOpen = this.#depth > 0;
    const whole = this.#parts.join('') + (isOpen ? text.slice(0, start) : text);
    this.#parts = [];
    this.#length = 0;
    const read = readJsonObjects(whole);
    if (!isOpen) {
      this.#reset();
      return read;
    }
    return this.#keep(text.slice(start), read.values, read.problem);
  }

  #keep(text: string, values: readonly unknown[], problem: string | undefined): JsonPieces {
    this.#parts.push(text);
    this.#length += text.length;
    if (this.#length <= MAX_PARTIAL_LENGTH && this.#parts.length <= MAX_PARTIAL_FRAMES) return { values, problem };
    return { values, problem: this.forget() };
  }

  #reset(): void {
    this.#parts = [];
    this.#length = this.#depth = 0;
    this.#inString = this.#escaped = false;
  }

  /** Goes on counting braces; returns where the object that is still open begins in this text, 0 when it began before. */
  #scan(text: string): number {
    let start = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (code === 0x5c) this.#escaped = true;
        else if (code === 0x22) this.#inString = false;
      } else if (code === 0x22) {
        // A quote outside an object begins nothing that could be an op.
        this.#inString = this.#depth > 0;
      } else if (code === 0x7b) {
        if (this.#depth++ === 0) start = i;
      } else if (code === 0x7d && this.#depth > 0) {
        this.#depth--;
      }
    }
    return start;
  }
}

const isOp = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'op' in value && typeof value.op === 'string';
