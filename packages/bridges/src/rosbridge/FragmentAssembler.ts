import { MAX_FRAME_BYTES } from '../link/BridgeSocket.ts';
import type { FragmentOp } from './ServerOp.ts';

/** Most messages under assembly at a time; a further one takes the place of the oldest. */
export const MAX_OPEN_FRAGMENT_LISTS = 16;
/** Most fragments of one message. */
export const MAX_FRAGMENTS = 65_536;

interface FragmentList {
  readonly total: number;
  readonly parts: Map<number, string>;
  length: number;
}

/** What a fragment led to: the whole text with the last one, a problem in words, or nothing yet. */
export type FragmentResult = { readonly text: string } | { readonly problem: string } | undefined;

/**
 * Puts messages together that came in fragments. At most {@link MAX_OPEN_FRAGMENT_LISTS} messages and
 * {@link MAX_FRAME_BYTES} characters in all; whoever goes beyond loses the message.
 *
 * Real servers use the same ID again for the next message, so fragment 0 always begins anew.
 */
export class FragmentAssembler {
  readonly #lists = new Map<string, FragmentList>();
  #length = 0;

  handle(fragment: FragmentOp): FragmentResult {
    const { id, num, total, data } = fragment;
    if (total > MAX_FRAGMENTS || num >= total) {
      this.#drop(id);
      return { problem: `fragment ${num} of ${total} was refused (at most ${MAX_FRAGMENTS} are taken)` };
    }
    if (num === 0 || this.#lists.get(id)?.total !== total) this.#drop(id);
    const list = this.#lists.get(id) ?? this.#begin(id, total);
    if (list.parts.has(num)) return { problem: `fragment ${num} of message ${id.slice(0, 64)} came twice` };
    if (this.#length + data.length > MAX_FRAME_BYTES) {
      this.#drop(id);
      return { problem: `a fragmented message was refused: more than ${MAX_FRAME_BYTES} characters wait for the rest` };
    }
    list.parts.set(num, data);
    list.length += data.length;
    this.#length += data.length;
    if (list.parts.size < total) return undefined;
    this.#drop(id);
    return { text: Array.from({ length: total }, (_, index) => list.parts.get(index) ?? '').join('') };
  }

  #begin(id: string, total: number): FragmentList {
    const [oldest] = this.#lists.keys();
    if (this.#lists.size >= MAX_OPEN_FRAGMENT_LISTS && oldest !== undefined) this.#drop(oldest);
    const list: FragmentList = { total, parts: new Map(), length: 0 };
    this.#lists.set(id, list);
    return list;
  }

  #drop(id: string): void {
    this.#length -= this.#lists.get(id)?.length ?? 0;
    this.#lists.delete(id);
  }
}
