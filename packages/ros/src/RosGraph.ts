import type { Channel, Encoding, Schema, ServiceSchema } from './Schema.ts';
import type { Message } from './Message.ts';
import type { RosValue } from './RosValue.ts';

/** What bounds an operation. Every operation takes these; none waits for ever. */
export interface OperationOptions {
  /** Ends the wait; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds from now after which the operation is given up (`ROS_TIMEOUT`). Default 5,000. */
  readonly deadlineMs?: number;
}

/** Default of {@link OperationOptions.deadlineMs}, in milliseconds. */
export const DEFAULT_DEADLINE_MS = 5_000;

/** Ends what it was returned for. Calling it again does nothing. */
export type Disposer = () => void;

/** A topic as the ROS graph knows it. */
export interface TopicInfo {
  readonly name: string;
  /** `pkg/Type` (ROS 1) or `pkg/msg/Type` (ROS 2); empty while unknown. */
  readonly type: string;
  /** Names of the publishing nodes. */
  readonly publishers: readonly string[];
  /** Names of the subscribing nodes. */
  readonly subscribers: readonly string[];
}

/** A service as the ROS graph knows it; `type` is empty where finding it out would cost a connection. */
export interface ServiceInfo {
  readonly name: string;
  readonly type: string;
  /** Names of the nodes that provide it. */
  readonly providers: readonly string[];
}

/** Everything the ROS graph holds at one moment. Structured-cloneable. */
export interface GraphSnapshot {
  readonly rosVersion: 1 | 2;
  readonly topics: readonly TopicInfo[];
  readonly services: readonly ServiceInfo[];
}

/** Whether the robot's ROS answers. `reason` says in words what is wrong and what to do. */
export type GraphStatus =
  { readonly state: 'connected' } | { readonly state: 'disconnected'; readonly code: string; readonly reason: string };

/** Told about the graph as a whole. Callbacks must not throw. */
export interface GraphListener {
  /** Called with the present status at once (on a later microtask), then at every change. */
  handleStatus?(status: GraphStatus): void;
  /** Called with the first snapshot when there is one, then whenever topics or services came, went or changed. */
  handleGraph?(snapshot: GraphSnapshot): void;
}

/** What to receive. */
export interface SubscribeRequest {
  readonly topic: string;
  /** Needed only where the topic does not exist yet. */
  readonly type?: string;
  /** At most this many messages a second; the newest is kept and delivered at the end of the interval. No limit by default. */
  readonly rateHz?: number;
}

/** Told about one subscription. Callbacks must not throw; messages of one publisher come in order. */
export interface SubscriptionListener {
  /** Called before the first message, and again when the topic came back with another type or definition. */
  handleChannel?(channel: Channel): void;
  /** Latched topics and robots at the far end of a line give their last message first. */
  handleMessage(message: Message): void;
  /** `count` further messages were dropped on the way here because somebody downstream was slow or a rate limit held. */
  handleDropped?(count: number): void;
  /** Nothing can be received for now: unknown type, definition unavailable, ... The subscription goes on trying. */
  handleProblem?(error: Error): void;
}

/** A subscription is an intention: it survives publishers that come late, go, and come back, and restarts of ROS. */
export interface Subscription {
  /** No message comes any more. Idempotent. */
  close(): void;
}

/** A topic that is to be published on. */
export interface Advertisement {
  readonly topic: string;
  /** `pkg/Type` or `pkg/msg/Type`; both spellings are accepted for ROS 1 and ROS 2. */
  readonly type: string;
  readonly latched?: boolean;
}

/** What is known when a message was handed to ROS. */
export interface PublishReceipt {
  /** How many subscribers the topic had on the robot; `undefined` where the robot cannot tell. 0 means nobody heard it. */
  readonly subscribers: number | undefined;
}

/** A topic that this side publishes on, until it is closed. */
export interface Publisher {
  readonly schema: Schema;
  readonly encoding: Encoding;
  /** Publishes one serialized message of this publisher's encoding. The bytes were checked against the definition before. */
  publish(data: Uint8Array, options?: OperationOptions): Promise<PublishReceipt>;
  /** The topic is published on no more from here. Idempotent. */
  close(): void;
}

/** What is asked of a service. */
export interface ServiceCall {
  readonly service: string;
  /** Serialized request of the graph's encoding. */
  readonly data: Uint8Array;
}

/** A service that this side provides on the robot. */
export interface ServiceAdvertisement {
  readonly service: string;
  /** `pkg/Type` or `pkg/srv/Type`; both spellings are accepted for ROS 1 and ROS 2. */
  readonly type: string;
}

/** What a {@link ServiceHandler} is told besides the request. */
export interface ServiceCallContext {
  /** By which request and response are serialized, in the graph's encoding. */
  readonly schema: ServiceSchema;
  /** Aborted when the caller no longer waits. */
  readonly signal: AbortSignal;
}

/** Answers one call: serialized request in, serialized response out. Why it rejects is told to the caller. */
export type ServiceHandler = (request: Uint8Array, context: ServiceCallContext) => Promise<Uint8Array>;

/** A service that is provided until it is closed: an intention, which survives restarts of ROS and of the way there. */
export interface ProvidedService {
  /** By which requests and responses are serialized. */
  readonly schema: ServiceSchema;
  /** The service is provided no more from here. Idempotent. */
  close(): void;
}

/** Parameter values as ROS has them. */
export type ParameterValue = RosValue;

/**
 * A robot, wherever it is: a ROS master, a rosbridge server, a simulated turtle, or a robot at the far end of a line.
 *
 * Every argument and result is structured-cloneable data, so a graph may live in a child process or another machine;
 * every operation is asynchronous and bounded. Errors are `LonglineError`s with stable codes; those every implementation
 * uses: `ROS_UNREACHABLE`, `ROS_TIMEOUT`, `TOPIC_UNKNOWN`, `SERVICE_UNKNOWN`, `SERVICE_FAILED`, `TYPE_UNKNOWN`,
 * `TYPE_MISMATCH`, `SERVICE_EXISTS`, `PARAMETER_UNKNOWN`, `NOT_SUPPORTED`, `GRAPH_CLOSED`.
 */
export interface RosGraph {
  /** Where the robot is, for people: `turtlesim:`, `ros1://localhost:11311`, ... */
  readonly name: string;

  /** Watches status and graph until the disposer is called. */
  watch(listener: GraphListener): Disposer;
  /** The graph as of now, asked from ROS (so it is also the round trip that proves ROS alive). */
  snapshot(options?: OperationOptions): Promise<GraphSnapshot>;

  /** The full definition of a message type. Rejects with `TYPE_UNKNOWN`. */
  messageSchema(type: string, options?: OperationOptions): Promise<Schema>;
  /** The full definition of a service's type. Rejects with `SERVICE_UNKNOWN` or `TYPE_UNKNOWN`. */
  serviceSchema(service: string, options?: OperationOptions): Promise<ServiceSchema>;

  /** Resolves once the intention is registered, whether or not the topic exists yet. */
  subscribe(
    request: SubscribeRequest,
    listener: SubscriptionListener,
    options?: OperationOptions,
  ): Promise<Subscription>;
  /** Begins to publish on a topic. Rejects with `TYPE_UNKNOWN`, `TYPE_MISMATCH`. */
  advertise(advertisement: Advertisement, options?: OperationOptions): Promise<Publisher>;
  /** Calls a service; resolves to the serialized response. Rejects with `SERVICE_FAILED` and the robot's own words. */
  callService(call: ServiceCall, options?: OperationOptions): Promise<Uint8Array>;

  /**
   * Provides a service on the robot; resolves when ROS knows it. Rejects with `SERVICE_EXISTS` where another node provides
   * it, `TYPE_UNKNOWN`, `NOT_SUPPORTED`.
   */
  advertiseService(
    advertisement: ServiceAdvertisement,
    handler: ServiceHandler,
    options?: OperationOptions,
  ): Promise<ProvidedService>;

  /** The names of all parameters. */
  listParameters(options?: OperationOptions): Promise<readonly string[]>;
  /** Rejects with `PARAMETER_UNKNOWN`. */
  getParameter(name: string, options?: OperationOptions): Promise<ParameterValue>;
  /** Sets a parameter, or makes it. Rejects with `PARAMETER_INVALID`. */
  setParameter(name: string, value: ParameterValue, options?: OperationOptions): Promise<void>;
  /** Rejects with `PARAMETER_UNKNOWN`, and `NOT_SUPPORTED` where parameters cannot be deleted. */
  deleteParameter(name: string, options?: OperationOptions): Promise<void>;

  /** Reserved for ROS actions (goal, feedback, result, cancel); no implementation has it yet. */
  readonly actions?: never;

  /** Ends every subscription and publisher and the connection. Idempotent; waits. Later operations reject with `GRAPH_CLOSED`. */
  close(): Promise<void>;
}
