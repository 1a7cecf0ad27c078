import { RosError } from '@longline/ros';
import { parameterTimeoutMs } from '../parameterTimeoutMs.ts';
import { emptyAnswer } from './Handler.ts';
import type { Handler } from './Handler.ts';

/** Deletes a parameter with all below it. Who may set it may delete it; one that moves the robot is only set. */
export const parameterDelete: Handler<'parameter.delete'> = async ({ name }, request, context) => {
  const { executed, graph, guard, motion } = context;
  context.allowList.checkSetParameter(name);
  const value = await graph.getParameter(name, request.operation());
  if (parameterTimeoutMs(name, value, motion) !== undefined) {
    throw new RosError('NOT_SUPPORTED', `${name} moves the robot: set it, it cannot be deleted.`, {
      details: { name },
    });
  }
  await executed.begin(request.header.id, request.fingerprint, false);
  guard.checkExecution(request);
  await graph.deleteParameter(name, request.operation());
  return emptyAnswer;
};
