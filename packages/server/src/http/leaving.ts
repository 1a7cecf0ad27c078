import { LineError } from '@longline/line';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RouteContext } from './App.ts';

/**
 * Aborts when who asked has left, or what it was let in by is taken away: then the connection ends as well. For answers that
 * go on, or are waited for.
 */
export function leaving(context: RouteContext, request: FastifyRequest, reply: FastifyReply): AbortSignal {
  const left = new AbortController();
  const closeSession = context.sessions.open(context.principalOf(request).id, () => reply.raw.destroy());
  const handleClose = (): void => {
    closeSession();
    left.abort(new LineError('LINE_CLOSED', 'Who asked has left before the answer came.'));
  };
  if (reply.raw.closed) handleClose();
  else reply.raw.once('close', handleClose);
  return left.signal;
}
