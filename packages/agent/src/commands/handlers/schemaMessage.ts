import { jsonAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Answers the definition of a message type. */
export const schemaMessage: Handler<'schema.message'> = async (action, request, { graph }) =>
  jsonAnswer(await graph.messageSchema(action.type, request.operation()));
