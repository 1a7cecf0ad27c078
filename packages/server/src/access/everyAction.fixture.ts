import { actionSchema } from '@longline/line';
import type { Action } from '@longline/line';

/** One action of every kind that there is, on `/t`: a new kind is in it by itself. */
export const everyAction: readonly Action[] = actionSchema.options.map((option) =>
  actionSchema.parse({
    kind: option.shape.kind.value,
    topic: '/t',
    service: '/t',
    name: '/t',
    type: 'std_msgs/Int64',
    encoding: 'json',
    rateHz: 1,
    holdMs: 1_000,
    holder: 'h',
    call: 1,
    result: true,
  }),
);

/** The kinds that ask and change nothing. */
export const readingKinds: readonly string[] = [
  'parameter.list',
  'parameter.get',
  'graph',
  'snapshot',
  'schema.message',
  'schema.service',
];

/** The kinds with which a service is provided. */
export const providingKinds: readonly string[] = ['service.advertise', 'service.unadvertise', 'service.respond'];
