import { stringifyExact } from '@longline/ros';
import type { Action } from '@longline/line';
import { encodeMessage } from '../encodeMessage.ts';
import type { MessageToSend } from '../encodeMessage.ts';

/** Something to be done once on a robot. */
export type CommandSpec =
  | ({
      readonly kind: 'publish';
      readonly topic: string;
      /** Needed only where the robot does not know the topic. */
      readonly type?: string | undefined;
      readonly latched?: boolean | undefined;
    } & MessageToSend)
  | {
      readonly kind: 'call';
      readonly service: string;
      /** The request's fields; none by default. */
      readonly request?: unknown;
    }
  | { readonly kind: 'setParameter'; readonly name: string; readonly value: unknown };

const encoder = new TextEncoder();
const encodeValue = (value: unknown): Uint8Array => encoder.encode(stringifyExact(value));

/** What the line carries for a command. */
export function commandRequest(spec: CommandSpec): { readonly action: Action; readonly payload: Uint8Array } {
  switch (spec.kind) {
    case 'publish': {
      const { latched, topic, type } = spec;
      const { data, encoding } = encodeMessage(spec);
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
  }
}
