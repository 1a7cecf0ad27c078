export { checkTopicName, MAX_NAME_LENGTH } from './checkTopicName.ts';
export type { Clock } from './Clock.ts';
export { systemClock } from './Clock.ts';
export { codecFor } from './codecFor.ts';
export { concatDefinition, DEFINITION_SEPARATOR, schemaOf } from './concatDefinition.ts';
export type { FindMessageText } from './concatDefinition.ts';
export { isLonglineError, LonglineError, RosError, rosErrorCodes } from './errors.ts';
export type { RosErrorCode } from './errors.ts';
export { parseJsonExact, stringifyExact } from './exactJson.ts';
export type { JsonOptions } from './exactJson.ts';
export { isStill } from './isStill.ts';
export type { Log } from './Log.ts';
export { silentLog } from './Log.ts';
export { md5Of, md5OfService } from './md5.ts';
export { Message } from './Message.ts';
export type { MessageParts } from './Message.ts';
export type { MessageCodec } from './MessageCodec.ts';
export { isAlwaysFinite, isStoppedByZeros, isTrajectory, movesByType } from './motionTypes.ts';
export { parseDefinition } from './parseDefinition.ts';
export type { ArrayShape, ParsedConstant, ParsedDefinition, ParsedField, ParsedStruct } from './parseDefinition.ts';
export { parseParameterValue } from './parameterValue.ts';
export { awayDelayMs, jittered, reconnectDelayMs, STABLE_CONNECTION_MS } from './reconnectDelayMs.ts';
export { DEFAULT_DEADLINE_MS } from './RosGraph.ts';
export type {
  Advertisement,
  Disposer,
  GraphListener,
  GraphSnapshot,
  GraphStatus,
  OperationOptions,
  ParameterValue,
  ProvidedService,
  Publisher,
  PublishReceipt,
  RosGraph,
  ServiceAdvertisement,
  ServiceCall,
  ServiceCallContext,
  ServiceHandler,
  ServiceInfo,
  SubscribeRequest,
  Subscription,
  SubscriptionListener,
  TopicInfo,
} from './RosGraph.ts';
export type { NumericArray, RosObject, RosTime, RosValue } from './RosValue.ts';
export type { Channel, Encoding, Schema, SchemaEncoding, ServiceSchema } from './Schema.ts';
export { schemaHash } from './schemaHash.ts';
export { serviceSchema } from './serviceSchema.ts';
export { sourceStamp } from './sourceStamp.ts';
export { structLayout } from './StructLayout.ts';
export type { ElementLayout, FieldLayout, StructLayout } from './StructLayout.ts';
export { Throttle } from './Throttle.ts';
export type { ThrottleOptions } from './Throttle.ts';
export { matchesAny, topicPattern } from './topicPattern.ts';
export { parseTypeName, ros1TypeName, ros2TypeName, sameType } from './typeNames.ts';
export type { TypeKind, TypeName } from './typeNames.ts';
export { version } from './version.ts';
