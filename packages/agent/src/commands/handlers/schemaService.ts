import { jsonAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Answers the definitions of a service's type. */
export const schemaService: Handler<'schema.service'> = async (action, request, { graph }) =>
  jsonAnswer(await graph.serviceSchema(action.service, request.operation()));
