import { idMember } from '../ReaderCalls.ts';
import type { Handle } from './Handle.ts';
import { noActions } from './noActions.ts';

const ABORTED = 6;

/** Answered as a goal that was aborted, so that no client waits for ever. */
export const sendActionGoal: Handle<'send_action_goal'> = (reader, { id, action }) => {
  const values = JSON.stringify(noActions(action));
  reader.send(
    `{"op":"action_result",${idMember(id)}"action":${JSON.stringify(action)},"values":${values},` +
      `"status":${ABORTED},"result":false}`,
  );
};
