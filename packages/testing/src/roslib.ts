import * as published from 'roslib';

/** One reply of a call with two callbacks. */
type Done<T> = (value: T) => void;
type Failed = (error: string) => void;

/** Options of a topic. */
export interface RoslibTopicOptions {
  readonly ros: Ros;
  readonly name: string;
  readonly messageType: string;
  readonly compression?: string;
  readonly throttle_rate?: number;
  readonly queue_length?: number;
  readonly queue_size?: number;
  readonly latch?: boolean;
  readonly reconnect_on_close?: boolean;
}

/** A type's fields, as rosapi describes them. */
export interface RosapiTypeDef {
  readonly type: string;
  readonly fieldnames: readonly string[];
  readonly fieldtypes: readonly string[];
  readonly fieldarraylen: readonly number[];
}

/** The connection. */
export interface Ros {
  readonly isConnected: boolean;
  connect(url: string): Promise<void>;
  close(): void;
  /** `connection`, `close`, `error`, `status`, the name of a topic, the ID of a call. */
  on(event: string, listener: (event: unknown) => void): void;
  getTopics(done: Done<{ topics: string[]; types: string[] }>, failed?: Failed): void;
  getTopicsForType(type: string, done: Done<string[]>, failed?: Failed): void;
  getTopicType(topic: string, done: Done<string>, failed?: Failed): void;
  getTopicsAndRawTypes(
    done: Done<{ topics: string[]; types: string[]; typedefs_full_text: string[] }>,
    failed?: Failed,
  ): void;
  getServices(done: Done<string[]>, failed?: Failed): void;
  getServicesForType(type: string, done: Done<string[]>, failed?: Failed): void;
  getServiceType(service: string, done: Done<string>, failed?: Failed): void;
  getServiceRequestDetails(type: string, done: Done<{ typedefs: RosapiTypeDef[] }>, failed?: Failed): void;
  getServiceResponseDetails(type: string, done: Done<{ typedefs: RosapiTypeDef[] }>, failed?: Failed): void;
  getNodes(done: Done<string[]>, failed?: Failed): void;
  getNodeDetails(node: string, done: Done<unknown>, failed?: Failed): void;
  getParams(done: Done<string[]>, failed?: Failed): void;
  getActionServers(done: Done<string[]>, failed?: Failed): void;
  getMessageDetails(type: string, done: Done<RosapiTypeDef[]>, failed?: Failed): void;
  decodeTypeDefs(typedefs: readonly RosapiTypeDef[]): unknown;
}

/** A topic. */
export interface Topic<T> {
  subscribe(callback: (message: T) => void): void;
  unsubscribe(callback?: (message: T) => void): void;
  advertise(): void;
  unadvertise(): void;
  publish(message: T): void;
  getPublishers(done: Done<string[]>, failed?: Failed): void;
}

/** A service, called or provided. */
export interface Service<Request, Response> {
  callService(request: Request, done: Done<Response>, failed?: Failed, timeoutS?: number): void;
  advertise(callback: (request: Request, response: Partial<Response>) => boolean): Promise<void>;
  advertiseAsync(callback: (request: Request) => Promise<Response>): Promise<void>;
  unadvertise(): Promise<void>;
}

/** A parameter. */
export interface Param<T> {
  get(done: Done<T>, failed?: Failed): void;
  set(value: T, done?: Done<unknown>, failed?: Failed): void;
  delete(done: Done<unknown>, failed?: Failed): void;
}

/** A client of actionlib's topics. */
export interface ActionClient {
  dispose(): void;
  cancel(): void;
}

/** One goal of an {@link ActionClient}. */
export interface Goal {
  readonly status?: { readonly status: number };
  send(timeoutS?: number): void;
  cancel(): void;
  on(event: 'feedback' | 'result' | 'status', listener: (value: unknown) => void): void;
}

/** A server of actionlib's topics. */
export interface SimpleActionServer {
  on(event: 'goal' | 'cancel', listener: (goal: unknown) => void): void;
  setSucceeded(result: unknown): void;
  setPreempted(): void;
  sendFeedback(feedback: unknown): void;
}

/** A client of tf2_web_republisher. */
export interface TFClient {
  subscribe(frame: string, callback: (transform: unknown) => void): void;
  dispose(): void;
}

/** An action of rosbridge's action ops. */
export interface RoslibAction {
  sendGoal(goal: unknown, done: Done<unknown>, feedback?: Done<unknown>, failed?: Failed): string | undefined;
  cancelGoal(id: string): void;
  advertise(handleGoal: (goal: unknown, id: string) => void, handleCancel: (id: string) => void): void;
  unadvertise(): void;
  sendFeedback(id: string, feedback: unknown): void;
  setSucceeded(id: string, result: unknown): void;
  setCanceled(id: string, result: unknown): void;
  setFailed(id: string): void;
}

/** The classes of roslib. */
export interface Roslib {
  readonly Ros: new (options?: { url?: string }) => Ros;
  readonly Topic: new <T>(options: RoslibTopicOptions) => Topic<T>;
  readonly Service: new <Request, Response>(options: {
    ros: Ros;
    name: string;
    serviceType: string;
  }) => Service<Request, Response>;
  readonly Param: new <T>(options: { ros: Ros; name: string }) => Param<T>;
  readonly ActionClient: new (options: { ros: Ros; serverName: string; actionName: string }) => ActionClient;
  readonly Goal: new (options: { actionClient: ActionClient; goalMessage: unknown }) => Goal;
  readonly SimpleActionServer: new (options: {
    ros: Ros;
    serverName: string;
    actionName: string;
  }) => SimpleActionServer;
  readonly TFClient: new (options: { ros: Ros; fixedFrame: string }) => TFClient;
  readonly ROS2TFClient: new (options: { ros: Ros; fixedFrame: string; serverName?: string }) => TFClient;
  readonly Action: new (options: { ros: Ros; name: string; actionType: string }) => RoslibAction;
}

/** roslib 2 from npm. Its own types name files without extensions, so that nodenext finds none of them. */
export const roslib = published as unknown as Roslib;
