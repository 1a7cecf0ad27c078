import { jsonAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Answers the ROS graph as of now. */
export const graph: Handler<'graph'> = async (_action, request, context) =>
  jsonAnswer(await context.graph.snapshot(request.operation()));
