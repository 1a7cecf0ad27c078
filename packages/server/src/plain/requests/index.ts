import type { ActionKind } from '@longline/line';
import { RosError } from '@longline/ros';
import { call } from './call.ts';
import { graph } from './graph.ts';
import { leaseRelease, leaseRenew, leaseTake } from './lease.ts';
import { motion } from './motion.ts';
import { emptyAnswer, jsonAnswer } from './PlainRequest.ts';
import type { PlainAnswer, PlainRequest, RequestHandler } from './PlainRequest.ts';
import type { PlainContext } from '../PlainContext.ts';
import { publish } from './publish.ts';
import { schemaMessage } from './schemaMessage.ts';
import { schemaService } from './schemaService.ts';
import { snapshot } from './snapshot.ts';
import { stop, stopRelease } from './stop.ts';

/** What only an agent can do. */
const notSupported = (
  { kind }: { readonly kind: ActionKind },
  _request: PlainRequest,
  { device }: PlainContext,
): PlainAnswer => {
  throw new RosError('NOT_SUPPORTED', `${device.id} is a plain device, without an agent: it has no ${kind}.`, {
    details: { kind },
  });
};
const nothingToDo = (): PlainAnswer => emptyAnswer;

/** The handler of every kind of request. */
const handlers: { readonly [Kind in ActionKind]: RequestHandler<Kind> } = {
  publish,
  call,
  graph,
  snapshot,
  motion,
  stop,
  'schema.message': schemaMessage,
  'schema.service': schemaService,
  'lease.take': leaseTake,
  'lease.renew': leaseRenew,
  'lease.release': leaseRelease,
  'stop.release': stopRelease,
  'parameter.list': () => jsonAnswer({ names: [] }),
  'parameter.get': notSupported,
  'parameter.set': notSupported,
  'parameter.delete': notSupported,
  'standing.set': notSupported,
  /** There is none: it is no error. */
  'standing.end': nothingToDo,
  /** The device is told of messages, not of publishers. */
  'topic.advertise': nothingToDo,
  'topic.unadvertise': nothingToDo,
  'service.advertise': notSupported,
  'service.unadvertise': notSupported,
  'service.respond': notSupported,
};

/** Carries a request out. Rejects with what is answered. */
export async function handleRequest(request: PlainRequest, context: PlainContext): Promise<PlainAnswer> {
  const { action } = request.header;
  // Each handler takes the action of its own kind, which the table's type ensures; TypeScript cannot correlate the two.
  const handler = handlers[action.kind] as RequestHandler<ActionKind>;
  return await handler(action, request, context);
}
