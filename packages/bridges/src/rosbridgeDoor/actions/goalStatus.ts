/** Of a goal, as actionlib counts (actionlib_msgs/GoalStatus). */
export const actionlibStatus = {
  pending: 0,
  active: 1,
  preempted: 2,
  succeeded: 3,
  aborted: 4,
  rejected: 5,
  preempting: 6,
  recalling: 7,
  recalled: 8,
  lost: 9,
} as const;
export type ActionlibStatus = (typeof actionlibStatus)[keyof typeof actionlibStatus];

/** Of a goal, as rosbridge counts (action_msgs/GoalStatus of ROS 2). */
export const rosbridgeStatus = {
  unknown: 0,
  accepted: 1,
  executing: 2,
  canceling: 3,
  succeeded: 4,
  canceled: 5,
  aborted: 6,
} as const;
export type RosbridgeStatus = (typeof rosbridgeStatus)[keyof typeof rosbridgeStatus];

const toRosbridge = new Map<number, RosbridgeStatus>([
  [actionlibStatus.pending, rosbridgeStatus.accepted],
  [actionlibStatus.active, rosbridgeStatus.executing],
  [actionlibStatus.preempted, rosbridgeStatus.canceled],
  [actionlibStatus.succeeded, rosbridgeStatus.succeeded],
  [actionlibStatus.aborted, rosbridgeStatus.aborted],
  [actionlibStatus.rejected, rosbridgeStatus.aborted],
  [actionlibStatus.preempting, rosbridgeStatus.canceling],
  [actionlibStatus.recalling, rosbridgeStatus.canceling],
  [actionlibStatus.recalled, rosbridgeStatus.canceled],
]);

/** What a rosbridge client is told of a goal with this status of actionlib. */
export const rosbridgeStatusOf = (status: number): RosbridgeStatus =>
  toRosbridge.get(status) ?? rosbridgeStatus.unknown;

/** With which status of actionlib a goal ends that a client ended with this one; what is no end fails. */
export function actionlibEndOf(status: number | undefined): ActionlibStatus {
  if (status === rosbridgeStatus.succeeded) return actionlibStatus.succeeded;
  return status === rosbridgeStatus.canceled ? actionlibStatus.preempted : actionlibStatus.aborted;
}

const ends = new Set<number>([
  actionlibStatus.preempted,
  actionlibStatus.succeeded,
  actionlibStatus.aborted,
  actionlibStatus.rejected,
  actionlibStatus.recalled,
  actionlibStatus.lost,
]);

/** Whether a goal with this status of actionlib is over. */
export const isEnd = (status: number): boolean => ends.has(status);
