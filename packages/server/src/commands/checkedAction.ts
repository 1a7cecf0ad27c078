import { actionSchema } from '@longline/line';
import type { Action, ActionWithPayload } from '@longline/line';
import { ServerError } from '../errors.ts';

/** What the robot's end of the line would refuse must not reach it: it would end the line. Throws `REQUEST_INVALID`. */
export function checkedAction({ action, payload }: ActionWithPayload): ActionWithPayload {
  const result = actionSchema.safeParse(action);
  if (result.success) return { action: withoutUndefined(result.data), payload };
  const [issue] = result.error.issues;
  throw new ServerError('REQUEST_INVALID', `${issue?.path.join('.') ?? 'action'}: ${issue?.message ?? 'is invalid'}.`, {
    details: { field: issue?.path.join('.') },
  });
}

/** Equal commands must have equal texts, whether a field was left out or undefined. */
function withoutUndefined(action: Action): Action {
  return actionSchema.parse(JSON.parse(JSON.stringify(action)));
}
