export { describeWithPeer } from './describeWithPeer.ts';
export { freePort } from './freePort.ts';
export { peerIsMissing } from './peerIsMissing.ts';
export type { PeerName } from './peerIsMissing.ts';
export { PeerProcess } from './PeerProcess.ts';
export { rostopic, runRosProgram, startHelperNode, startRospyNode } from './rosPrograms.ts';
export type { HelperNode } from './rosPrograms.ts';
export { startRoscore } from './startRoscore.ts';
export type { Roscore } from './startRoscore.ts';
