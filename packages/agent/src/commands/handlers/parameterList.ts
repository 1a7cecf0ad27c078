import { jsonAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Answers the names of all parameters. */
export const parameterList: Handler<'parameter.list'> = async (_action, request, { graph }) =>
  jsonAnswer({ names: await graph.listParameters(request.operation()) });
