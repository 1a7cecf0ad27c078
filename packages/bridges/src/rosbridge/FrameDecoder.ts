import { decode as decodeCbor } from 'cborg';
import { z } from 'zod';
import { FragmentAssembler } from './FragmentAssembler.ts';
import { readJsonObjects } from './readJsonObjects.ts';
import { readPngText } from './readPngText.ts';
import { rawMsg, serverOp } from './ServerOp.ts';
import type { CallServiceOp, PublishOp, ServerOp, ServiceResponseOp } from './ServerOp.ts';
import { typedArrayTags } from './typedArrayTags.ts';

/** Told what a frame held. */
export interface FrameListener {
  /** A message as serialized bytes; they are nobody else's. */
  handleRaw(topic: string, bytes: Uint8Array): void;
  /** A message as JSON values, whole numbers beyond 2^53 as `bigint`. */
  handlePublish(publish: PublishOp): void;
  handleServiceResponse(response: ServiceResponseOp): void;
  /** A service that this client provides is called. Optional. */
  handleServiceCall?(call: CallServiceOp): void;
  /** Something that cannot be used, in words for the log. */
  handleProblem(problem: string): void;
}

/** How deep fragments and images may contain each other. */
const MAX_DEPTH = 2;

/** Takes a server's frames apart. Whatever comes, it never throws: what it cannot use goes to `handleProblem`. */
export class FrameDecoder {
  readonly #listener: FrameListener;
  readonly #fragments = new FragmentAssembler();

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  handleText(text: string): void {
    this.#handleText(text, 0);
  }

  /** A binary frame: CBOR of a `publish` whose `msg` holds the serialized bytes, or the fields where another reader wants those. */
  handleBinary(data: Uint8Array): void {
    let value: unknown;
    try {
      // cborg decides by the kind of array whether a byte string is copied or shares its memory with the frame.
      value = decodeCbor(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), { tags: typedArrayTags });
    } catch (error) {
      this.#listener.handleProblem(`a binary frame of ${data.byteLength} bytes is no CBOR: ${describe(error)}`);
      return;
    }
    this.#handleValue(value, 0);
  }

  #handleText(text: string, depth: number): void {
    const { values, problem } = readJsonObjects(text);
    for (const value of values) this.#handleValue(value, depth);
    if (problem !== undefined) {
      this.#listener.handleProblem(`a frame of ${text.length} characters is not all JSON objects: ${problem}`);
    }
  }

  #handleValue(value: unknown, depth: number): void {
    const op = this.#understood(value);
    if (op === undefined) return;
    switch (op.op) {
      case 'publish': {
        const raw = rawMsg.safeParse(op.msg);
        if (raw.success) this.#listener.handleRaw(op.topic, raw.data.bytes);
        else this.#listener.handlePublish(op);
        return;
      }
      case 'service_response':
        this.#listener.handleServiceResponse(op);
        return;
      case 'call_service':
        this.#listener.handleServiceCall?.(op);
        return;
      case 'status':
        if (op.level === 'error' || op.level === 'warning') {
          this.#listener.handleProblem(`the server reports: ${shortened(op.msg)}`);
        }
        return;
      case 'fragment': {
        const result = this.#fragments.handle(op);
        if (result === undefined) return;
        if ('problem' in result) this.#listener.handleProblem(result.problem);
        else if (depth >= MAX_DEPTH) this.#listener.handleProblem('fragments of fragments were refused');
        else this.#handleText(result.text, depth + 1);
        return;
      }
      case 'png':
        this.#handlePng(op.data, depth);
    }
  }

  #handlePng(data: string, depth: number): void {
    let text: string;
    try {
      if (depth >= MAX_DEPTH) throw new Error('it is in an image or a fragment itself');
      text = readPngText(data);
    } catch (error) {
      this.#listener.handleProblem(`a message as PNG was not read: ${describe(error)}`);
      return;
    }
    this.#handleText(text, depth + 1);
  }

  /** Undefined for what is none, which was told. */
  #understood(value: unknown): ServerOp | undefined {
    let why: string;
    try {
      const parsed = serverOp.safeParse(value);
      if (parsed.success) return parsed.data;
      why = z.prettifyError(parsed.error);
    } catch (error) {
      // zod looks at the length of what should be a text, whatever it is; one that is an object without a value throws.
      why = describe(error);
    }
    this.#listener.handleProblem(`not understood: ${why}: ${shortened(value)}`);
    return undefined;
  }
}

const MAX_SHOWN_CHARACTERS = 200;
const MAX_SHOWN_NAMES = 10;

/** Something of a value to recognize it by; a frame may be megabytes long. */
function shortened(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, MAX_SHOWN_CHARACTERS);
  if (typeof value !== 'object' || value === null) return String(value);
  const names = Object.keys(value).slice(0, MAX_SHOWN_NAMES).join(', ');
  return `a value with ${names === '' ? 'nothing' : names}`.slice(0, MAX_SHOWN_CHARACTERS);
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));
