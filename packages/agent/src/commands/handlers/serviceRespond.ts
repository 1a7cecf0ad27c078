import { emptyAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Answers one call of a service that is provided from afar, with its response or with the words of its failure. */
export const serviceRespond: Handler<'service.respond'> = (action, { payload }, { provided }) => {
  provided.respond(action, payload);
  return Promise.resolve(emptyAnswer);
};
