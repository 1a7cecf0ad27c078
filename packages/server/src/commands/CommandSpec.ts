import { actionSchema } from '@longline/line';
import type { Action } from '@longline/line';
import { stringifyExact } from '@longline/ros';
import type { Encoding } from '@longline/ros';
import { ServerError } from '../errors.ts';

/**
 * A message as its maker has it: `message` is any plain value, which the robot encodes by its own definition (a
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
  | { readonly kind: 'setParameter'; readonly name: string; readonly value: unknown };

/** A message to be repeated on a robot while its holder says so. */
export type StandingSpec = {
  readonly topic: string;
  readonly type?: string | undefined;
  /** Messages a second, 0.01 to 1,000. */
  readonly rateHz: number;
  /** It is repeated for so long after it was last set, in milliseconds, at least 100. */
  readonly holdMs: number;
} & MessageSpec;

/** An action of the line and its payload. */
export interface ActionWithPayload<A extends Action = Action> {
  readonly action: A;
  readonly payload: Uint8Array;
}

/** Throws `REQUEST_INVALID` and `MESSAGE_INVALID`. */
export function commandAction(spec: CommandSpec): ActionWithPayload {
  switch (spec.kind) {
    case 'publish': {
      const { topic, type, latched } = spec;
      const { encoding, payload } = encodeMessage(spec);
      return { action: checked({ kind: 'publish', topic, type, latched, encoding }), payload };
    }
    case 'call':
      return {
        action: checked({ kind: 'call', service: spec.service, encoding: 'json' }),
        payload: encodeValue(spec.request ?? {}),
      };
    case 'setParameter':
      return { action: checked({ kind: 'parameter.set', name: spec.name }), payload: encodeValue(spec.value) };
  }
}

/** Throws `REQUEST_INVALID` and `MESSAGE_INVALID`. */
export function standingAction(spec: StandingSpec): ActionWithPayload {
  const { topic, type, rateHz, holdMs } = spec;
  const { encoding, payload } = encodeMessage(spec);
  return { action: checked({ kind: 'standing.set', topic, type, encoding, rateHz, holdMs }), payload };
}

export function endAction(topic: string): ActionWithPayload {
  return { action: checked({ kind: 'standing.end', topic }), payload: new Uint8Array(0) };
}

function encodeMessage(spec: MessageSpec): { encoding: Encoding; payload: Uint8Array } {
  return 'data' in spec
    ? { encoding: spec.encoding, payload: spec.data }
    : { encoding: 'json', payload: encodeValue(spec.message) };
}

const encodeValue = (value: unknown): Uint8Array => new TextEncoder().encode(stringifyExact(value));

/** What the robot's end of the line would refuse must not reach it: it would end the line. */
function checked(action: unknown): Action {
  const result = actionSchema.safeParse(action);
  if (result.success) return withoutUndefined(result.data);
  const [issue] = result.error.issues;
  throw new ServerError('REQUEST_INVALID', `${issue?.path.join('.') ?? 'action'}: ${issue?.message ?? 'is invalid'}.`, {
    details: { field: issue?.path.join('.') },
  });
}

/** Equal commands must have equal texts, whether a field was left out or undefined. */
function withoutUndefined(action: Action): Action {
  return actionSchema.parse(JSON.parse(JSON.stringify(action)));
}
