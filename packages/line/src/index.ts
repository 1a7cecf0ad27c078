export { AgentEnd } from './AgentEnd.ts';
export type { AgentEndHandlers, AgentLineState } from './AgentEnd.ts';
export type { AdvertisedChannel } from './ChannelSender.ts';
export { lanes, laneSchema } from './channelRecords.ts';
export { bindMessagePort } from './bindMessagePort.ts';
export type { MessagePortLike } from './bindMessagePort.ts';
export { bindWebSocket } from './bindWebSocket.ts';
export type { LineEndpoint, WebSocketLike } from './bindWebSocket.ts';
export { MAX_CHALLENGE_BYTES, NONCE_BYTES, serverNameSchema } from './challenge.ts';
export type { Challenge, HelloProof, HelloSigner } from './challenge.ts';
export type { ChannelRecord, Delivery, Lane, SchemaRecord } from './channelRecords.ts';
export { CoarseTimers } from './CoarseTimers.ts';
export type { SharedDefinitions } from './ChannelReceiver.ts';
export { demandSchema } from './demandRecord.ts';
export type { DemandedChannel } from './demandRecord.ts';
export { isDeviceId, parseDeviceId } from './deviceId.ts';
export { devicePattern } from './devicePattern.ts';
export type { DeviceSelection } from './devicePattern.ts';
export { LineError, lineCloseCodes, parseClose, replyErrorCodes } from './errors.ts';
export type { LineClose, LineErrorCode } from './errors.ts';
export { Fifo } from './Fifo.ts';
export { FrameBuilder } from './FrameBuilder.ts';
export type { AgentHello, Hello, ReaderHello, Welcome } from './hello.ts';
export { decodeHello, encodeHello, SIGNATURE_BYTES } from './helloRecord.ts';
export { KeyedValues } from './KeyedValues.ts';
export { defaultLimits, subprotocols } from './limits.ts';
export type { LineLimits } from './limits.ts';
export { lineRecordSchema } from './lineRecord.ts';
export type { LaneState, LineRecord } from './lineRecord.ts';
export { LiveEnd } from './LiveEnd.ts';
export type { LiveEndHandlers } from './LiveEnd.ts';
export { DEFAULT_BUFFER_MESSAGES, MessageStream } from './MessageStream.ts';
export type { MessageStreamOptions, StreamListener } from './MessageStream.ts';
export { newestPerKey } from './newestPerKey.ts';
export { NewestQueue } from './NewestQueue.ts';
export { MessageRecord } from './MessageRecord.ts';
export type { Reply, ReplyListener } from './OpenRequests.ts';
export { defaultOutboxLimits, Outbox } from './Outbox.ts';
export type { FillOptions, OutboxChannel, OutboxLimits } from './Outbox.ts';
export type { PathEstimate } from './Pacer.ts';
export { Packer } from './packed/Packer.ts';
export type { PackedShare } from './packed/Packer.ts';
export { defaultPackingLimits, MAX_PACKED_BYTES, PackingChoice } from './packed/PackingChoice.ts';
export type { PackingLimits } from './packed/PackingChoice.ts';
export { Unpacker } from './packed/Unpacker.ts';
export type { Zstd } from './packed/Zstd.ts';
export { PeerClock } from './PeerClock.ts';
export type { ClockEstimate, ClockSample } from './PeerClock.ts';
export { ReaderEnd } from './ReaderEnd.ts';
export type { ReaderEndHandlers } from './ReaderEnd.ts';
export { subscribeSchema } from './readerRecords.ts';
export type { DeviceRecord, SubscribeRecord } from './readerRecords.ts';
export { forEachLane, reportSchema } from './reportRecord.ts';
export type { LineReport, PerLane } from './reportRecord.ts';
export { readRecords } from './readRecords.ts';
export type { RecordReader } from './readRecords.ts';
export { recordKinds } from './recordKinds.ts';
export type { RecordKind, RecordKindName } from './recordKinds.ts';
export {
  actionSchema,
  isCommand,
  isFinalState,
  isStop,
  motionStatusSchema,
  requestHeaderSchema,
  stopRoom,
} from './requestRecords.ts';
export type {
  Action,
  ActionKind,
  MotionStatus,
  ReplyHeader,
  ReplyState,
  RequestHeader,
  RobotStatus,
} from './requestRecords.ts';
export { RemoteGraph } from './RemoteGraph.ts';
export type { RemoteRobot } from './RemoteGraph.ts';
export { MAX_SERVICE_CALLS } from './ServiceCalls.ts';
export { decodeSnapshot, encodeSnapshot } from './snapshotPayload.ts';
export { replyError } from './replyError.ts';
export { commandAction, encodeMessage, standingAction } from './commandSpec.ts';
export type { ActionWithPayload, CommandSpec, MessageSpec, StandingSpec } from './commandSpec.ts';
export {
  graphPayloadSchema,
  graphUnchangedSchema,
  leasePayloadSchema,
  namesPayloadSchema,
  standingPayloadSchema,
  stopPayloadSchema,
} from './payloads.ts';
export type { StopPayload } from './payloads.ts';
export { RobotEnd } from './RobotEnd.ts';
export type { OutgoingRequest, RobotEndHandlers, RobotWelcome } from './RobotEnd.ts';
export type { Transport } from './Transport.ts';
