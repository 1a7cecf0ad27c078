import { stringifyExact } from '@longline/ros';
import type { Encoding } from '@longline/ros';
import type { Action } from './requestRecords.ts';

/**
 * A message as its maker has it: `message` is any plain or decoded value, which the robot encodes by its own definition (a
 * misspelt field is refused there); `data` is already serialized.
 */
export type MessageSpec = { readonly message: unknown } | { readonly data: Uint8Array; readonly encoding: Encoding };

/** Something to be done once on a robot. */
export type CommandSpec =
  | ({
      readonly kind: 'publish';
      readonly topic: string;
      /** Needed only where the robot does not know the topic. */
      readonly type?: string | undefined;
      readonly latched?: boolean | undefined;
    } & MessageSpec)
  | {
      readonly kind: 'call';
      readonly service: string;
      /** The request's fields; none by default. */
      readonly request?: unknown;
    }
  | { readonly kind: 'setParameter'; readonly name: string; readonly value: unknown }
  /** With all below it. */
  | { readonly kind: 'deleteParameter'; readonly name: string };

/** "Publish this message on this topic at this rate while I hold it." */
export type StandingSpec = {
  readonly topic: string;
  /** Needed only where the robot does not know the topic. */
  readonly type?: string | undefined;
  /** Messages a second, 0.01 to 1,000. */
  readonly rateHz: number;
  /** It is repeated for so long after it was last set, in milliseconds, at least 100; setting it again renews it. */
  readonly holdMs: number;
} & MessageSpec;

/** An action of the line and its payload. */
export interface ActionWithPayload<A extends Action = Action> {
  readonly action: A;
  readonly payload: Uint8Array;
}

const encoder = new TextEncoder();
const nothing = new Uint8Array(0);

/** The payload that carries a message. Throws `MESSAGE_INVALID`. */
export function encodeMessage(spec: MessageSpec): { readonly encoding: Encoding; readonly data: Uint8Array } {
  return 'data' in spec
    ? { encoding: spec.encoding, data: spec.data }
    : { encoding: 'json', data: encodeValue(spec.message) };
}

/** What the line carries for a command. Throws `MESSAGE_INVALID`. */
export function commandAction(spec: CommandSpec): ActionWithPayload {
  switch (spec.kind) {
    case 'publish': {
      const { topic, type, latched } = spec;
      const { encoding, data } = encodeMessage(spec);
      const optional = { ...(type === undefined ? {} : { type }), ...(latched === undefined ? {} : { latched }) };
      return { action: { kind: 'publish', topic, encoding, ...optional }, payload: data };
    }
    case 'call':
      return {
        action: { kind: 'call', service: spec.service, encoding: 'json' },
        payload: encodeValue(spec.request ?? {}),
      };
    case 'setParameter':
      return { action: { kind: 'parameter.set', name: spec.name }, payload: encodeValue(spec.value) };
    case 'deleteParameter':
      return { action: { kind: 'parameter.delete', name: spec.name }, payload: nothing };
  }
}

/** What the line carries for a standing command. Throws `MESSAGE_INVALID`. */
export function standingAction(spec: StandingSpec): ActionWithPayload {
  const { topic, type, rateHz, holdMs } = spec;
  const { encoding, data } = encodeMessage(spec);
  const optional = type === undefined ? {} : { type };
  return { action: { kind: 'standing.set', topic, encoding, rateHz, holdMs, ...optional }, payload: data };
}

const encodeValue = (value: unknown): Uint8Array => encoder.encode(stringifyExact(value));
