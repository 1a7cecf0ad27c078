import { rosapiService } from './RosapiService.ts';
import type { RosapiContext, RosapiService } from './RosapiService.ts';

const SECOND_NS = 1_000_000_000n;

/** What roscore says, where it says it. */
async function ros1Distro({ reader }: RosapiContext): Promise<string> {
  try {
    const value = await reader.robot.graph.getParameter('/rosdistro');
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : 'noetic';
  } catch {
    return 'noetic';
  }
}

/** rosapi's questions about the robot as a whole. */
export const systemServices: Readonly<Record<string, RosapiService>> = {
  get_time: rosapiService('GetTime', {}, async (context) => {
    const nowNs = context.reader.robot.nowNs();
    const [sec, nsec] = [Number(nowNs / SECOND_NS), Number(nowNs % SECOND_NS)];
    const { rosVersion } = await context.graph();
    return { time: rosVersion === 1 ? { secs: sec, nsecs: nsec } : { sec, nanosec: nsec } };
  }),
  get_ros_version: rosapiService('GetROSVersion', {}, async (context) => {
    const { rosVersion } = await context.graph();
    return { version: rosVersion, distro: rosVersion === 1 ? await ros1Distro(context) : '' };
  }),
};
