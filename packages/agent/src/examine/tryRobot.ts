import { silentLog } from '@longline/ros';
import type { GraphStatus } from '@longline/ros';
import { machineClock } from '../machineClock.ts';
import { openGraph } from '../openGraph.ts';
import { definitionPaths } from '../robot/definitionPaths.ts';

/** Longest wait for a robot by default, in milliseconds. */
const TIMEOUT_MS = 3_000;

/**
 * Whether the robot at a URL answers: its last word within the time, which is `connected` as soon as it does. Nothing is left behind on the
 * robot. Throws `ROBOT_URL_INVALID`.
 */
export async function tryRobot(url: string, timeoutMs = TIMEOUT_MS): Promise<GraphStatus> {
  const rosHost = process.env['ROS_HOSTNAME'] ?? process.env['ROS_IP'];
  const graph = await openGraph(url, {
    clock: machineClock,
    log: silentLog,
    rosHost,
    definitionPaths: definitionPaths(process.env),
  });
  let last: GraphStatus = {
    state: 'disconnected',
    code: 'ROS_TIMEOUT',
    reason: `no answer within ${timeoutMs / 1_000} s`,
  };
  const connected = Promise.withResolvers<undefined>();
  const cancel = machineClock.after(timeoutMs, () => connected.resolve(undefined));
  const stop = graph.watch({
    handleStatus(status) {
      last = status;
      if (status.state === 'connected') connected.resolve(undefined);
    },
  });
  try {
    await connected.promise;
    return last;
  } finally {
    cancel();
    stop();
    await graph.close();
  }
}
