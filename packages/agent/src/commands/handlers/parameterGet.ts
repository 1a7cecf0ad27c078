import { jsonAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Answers a parameter's value. */
export const parameterGet: Handler<'parameter.get'> = async (action, request, { graph }) =>
  jsonAnswer(await graph.getParameter(action.name, request.operation()));
