export type { Clock } from './Clock.ts';
export { systemClock } from './Clock.ts';
export { LonglineError, RosError, rosErrorCodes } from './errors.ts';
export type { RosErrorCode } from './errors.ts';
export { Message } from './Message.ts';
export type { MessageParts } from './Message.ts';
export { DEFAULT_DEADLINE_MS } from './RosGraph.ts';
export type {
  Advertisement,
  Disposer,
  GraphListener,
  GraphSnapshot,
  GraphStatus,
  OperationOptions,
  ParameterValue,
  Publisher,
  PublishReceipt,
  RosGraph,
  ServiceCall,
  ServiceInfo,
  SubscribeRequest,
  Subscription,
  SubscriptionListener,
  TopicInfo,
} from './RosGraph.ts';
export type { NumericArray, RosObject, RosTime, RosValue } from './RosValue.ts';
export type { Channel, Encoding, Schema, SchemaEncoding, ServiceSchema } from './Schema.ts';
