import { absoluteName } from '../PlainRobot.ts';
import type { OpHandler } from './OpHandler.ts';

/** A topic that the device publishes no more; its last message stays known. */
export const unadvertise: OpHandler<'unadvertise'> = ({ topic }, { uplink }) => uplink.unadvertise(absoluteName(topic));
