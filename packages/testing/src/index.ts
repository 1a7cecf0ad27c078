export { DuplexPair, DuplexSide } from './DuplexPair.ts';
export { FakeClock } from './FakeClock.ts';
export type { FakeClockOptions } from './FakeClock.ts';
export { Inbox } from './Inbox.ts';
export { DEFAULT_WAIT_MS, waitFor, waitForEvent } from './waitFor.ts';
export type { EventSource, WaitForEventOptions, WaitOptions } from './waitFor.ts';
export { describeWithPeer, freePort, peerIsMissing, PeerProcess } from './peers/index.ts';
export { rostopic, runRosProgram, startHelperNode, startRoscore, startRospyNode } from './peers/index.ts';
export type { HelperNode, PeerName, Roscore } from './peers/index.ts';
