export { DuplexPair, DuplexSide } from './DuplexPair.ts';
export { FakeClock } from './FakeClock.ts';
export type { FakeClockOptions } from './FakeClock.ts';
export { FakeGraph } from './FakeGraph.ts';
export type { FakePublished } from './FakeGraph.ts';
export { FakeLine, FakeLineServer } from './FakeLineServer.ts';
export type { ReceivedMessage, RequestOverrides } from './FakeLineServer.ts';
export {
  fuzzSeed,
  hostileFrame,
  randomFrom,
  sampleChallenge,
  sampleFrame,
  sampleHello,
  sampleWelcome,
} from './hostileFrames.ts';
export type { RandomBelow } from './hostileFrames.ts';
export { Inbox } from './Inbox.ts';
export { makeCertificate } from './makeCertificate.ts';
export type { TestCertificate } from './makeCertificate.ts';
export type { SimulatedConnection, SimulatedSide } from './SimulatedConnection.ts';
export type { LinkConditions, SimulatedLink } from './SimulatedLink.ts';
export { SimulatedPath } from './SimulatedPath.ts';
export type { PathOptions } from './SimulatedPath.ts';
export type { FlowConditions } from './TcpFlow.ts';
export { TcpProxy } from './TcpProxy.ts';
export type { FlowCounters, ProxyConditions } from './TcpProxy.ts';
export { TestAgent } from './TestAgent.ts';
export type { ReceivedRequest } from './TestAgent.ts';
export { TestReader } from './TestReader.ts';
export { DEFAULT_WAIT_MS, waitFor, waitForEvent } from './waitFor.ts';
export type { EventSource, WaitForEventOptions, WaitOptions } from './waitFor.ts';
export { describeWithPeer, freePort, peerIsMissing, PeerProcess } from './peers/index.ts';
export { rostopic, runRosProgram, startHelperNode, startRoscore, startRospyNode } from './peers/index.ts';
export type { HelperNode, PeerName, Roscore } from './peers/index.ts';
export { roslib } from './roslib.ts';
export type {
  ActionClient,
  Goal,
  Param,
  RosapiTypeDef,
  Ros,
  Roslib,
  RoslibAction,
  RoslibTopicOptions,
  Service,
  SimpleActionServer,
  TFClient,
  Topic,
} from './roslib.ts';
