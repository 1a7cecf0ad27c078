import { graphPayloadSchema, graphUnchangedSchema, namesPayloadSchema } from '@longline/line';
import type { Action, Reply } from '@longline/line';
import { isTree } from './isTree.ts';
import type { Rights } from './Rights.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

/** A robot's answer without what the asker may not see. What cannot be read cannot be judged, and is not passed on. */
export function visibleReply(rights: Rights, action: Action, reply: Reply): Reply {
  if (rights.isUnrestricted || reply.state !== 'done') return reply;
  switch (action.kind) {
    case 'graph':
      return withJson(reply, (value) => {
        if (graphUnchangedSchema.safeParse(value).success) return value;
        // Without the version: what changes it may be of what is not seen.
        const { rosVersion, topics, services } = graphPayloadSchema.parse(value);
        const isKnown = ({ name }: { readonly name: string }): boolean => rights.knows(name);
        return { rosVersion, topics: topics.filter(isKnown), services: services.filter(isKnown) };
      });
    case 'parameter.list':
      return withJson(reply, (value) => {
        const { names } = namesPayloadSchema.parse(value);
        return { names: names.filter((name) => rights.knows(name)) };
      });
    case 'parameter.get':
      return isTree(reply.payload) && !rights.readsTree(action.name)
        ? refused(reply, rights.treeForbidden(action.name))
        : reply;
    default:
      return reply;
  }
}

function withJson(reply: Reply, keep: (value: unknown) => unknown): Reply {
  try {
    const kept = keep(JSON.parse(decoder.decode(reply.payload)));
    return { ...reply, payload: encoder.encode(JSON.stringify(kept)) };
  } catch {
    const message =
      'The answer of the robot cannot be read, so what you may see of it cannot be told. Upgrade its agent.';
    return refused(reply, { code: 'FORBIDDEN', message });
  }
}

const refused = (reply: Reply, { code, message }: { readonly code: string; readonly message: string }): Reply => ({
  id: reply.id,
  state: 'failed',
  code,
  message,
  payload: new Uint8Array(0),
});
