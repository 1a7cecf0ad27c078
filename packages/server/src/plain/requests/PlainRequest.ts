import type { Action, ActionKind, OutgoingRequest } from '@longline/line';
import { stringifyExact } from '@longline/ros';
import type { Encoding } from '@longline/ros';
import type { PlainContext } from '../PlainContext.ts';

/** Something asked of a plain device. */
export interface PlainRequest {
  readonly header: OutgoingRequest;
  readonly payload: Uint8Array;
  /** Milliseconds until its deadline. */
  readonly remainingMs: number;
  /** It has reached the device, which has not answered yet. */
  handleReceived(): void;
}

/** The payload of a `done`. */
export interface PlainAnswer {
  readonly payload: Uint8Array;
  readonly encoding: Encoding;
}

/** What one kind of request asks for. */
export type ActionOf<Kind extends ActionKind> = Extract<Action, { kind: Kind }>;

/** Carries out one kind of request; what it throws or rejects with becomes the reply's code and sentence. */
export type RequestHandler<Kind extends ActionKind> = (
  action: ActionOf<Kind>,
  request: PlainRequest,
  context: PlainContext,
) => PlainAnswer | Promise<PlainAnswer>;

/** An answer in exact JSON. */
export const jsonAnswer = (value: unknown): PlainAnswer => ({
  payload: Buffer.from(stringifyExact(value)),
  encoding: 'json',
});

/** It was done, and there is nothing to say. */
export const emptyAnswer: PlainAnswer = jsonAnswer({});
