import { parseTypeName } from '@longline/ros';

/** The topics of one action, as actionlib names them. */
export interface ActionTopics {
  readonly goal: string;
  readonly cancel: string;
  readonly status: string;
  readonly feedback: string;
  readonly result: string;
}

/** The topics of the action with this full name. */
export const actionTopics = (name: string): ActionTopics => ({
  goal: `${name}/goal`,
  cancel: `${name}/cancel`,
  status: `${name}/status`,
  feedback: `${name}/feedback`,
  result: `${name}/result`,
});

/** The type of every action's `status`. */
export const STATUS_TYPE = 'actionlib_msgs/GoalStatusArray';
/** The type of every action's `cancel`. */
export const CANCEL_TYPE = 'actionlib_msgs/GoalID';

/** The message types of one action. */
export interface ActionTypes {
  /** Without package: `LookupTransform`. */
  readonly name: string;
  readonly goal: string;
  readonly feedback: string;
  readonly result: string;
}

/** The message types of `pkg/Name`, `pkg/NameAction` or `pkg/action/Name`. Throws `NAME_INVALID`. */
export function actionTypes(type: string): ActionTypes {
  const { package: pkg, name: given } = parseTypeName(type);
  const name = given.replace(/(?<=.)Action$/, '');
  const message = (part: string): string => `${pkg}/${name}Action${part}`;
  return { name, goal: message('Goal'), feedback: message('Feedback'), result: message('Result') };
}

/** The action type whose feedback has this message type; undefined for any other. */
export const actionOfFeedback = (type: string): string | undefined =>
  /^(\w+\/)(?:msg\/)?(\w+)ActionFeedback$/.exec(type)?.slice(1).join('');
