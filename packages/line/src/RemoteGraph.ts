import { DEFAULT_DEADLINE_MS, parseParameterValue, RosError, stringifyExact } from '@longline/ros';
import type {
  Advertisement,
  Clock,
  Disposer,
  GraphListener,
  GraphSnapshot,
  Message,
  OperationOptions,
  ParameterValue,
  ProvidedService,
  Publisher,
  PublishReceipt,
  RosGraph,
  Schema,
  ServiceAdvertisement,
  ServiceCall,
  ServiceHandler,
  ServiceSchema,
  SubscribeRequest,
  Subscription,
  SubscriptionListener,
} from '@longline/ros';
import { z } from 'zod';
import {
  graphPayloadSchema,
  graphUnchangedSchema,
  namesPayloadSchema,
  publishPayloadSchema,
  schemaPayloadSchema,
  servicePayloadSchema,
} from './payloads.ts';
import type { Reply, ReplyListener } from './OpenRequests.ts';
import { RemoteService } from './RemoteService.ts';
import { replyError } from './replyError.ts';
import type { Action } from './requestRecords.ts';
import { decodeSnapshot } from './snapshotPayload.ts';

/** How a {@link RemoteGraph} reaches its robot. */
export interface RemoteRobot {
  /** The device ID. */
  readonly name: string;
  readonly clock: Clock;
  /** Sends a request towards the robot and resolves to its final reply; rejects only when it could not be sent. */
  request(action: Action, payload: Uint8Array, options: OperationOptions): Promise<Reply>;
  /** Sends a request that stays open (clause 5.13); the listener hears all its words. Rejects only when it could not be sent. */
  open(action: Action, options: OperationOptions, listener: ReplyListener): Promise<void>;
  subscribe(request: SubscribeRequest, listener: SubscriptionListener): Subscription;
  /** Tells when the robot, or its ROS, came or went. */
  watchStatus(listener: NonNullable<GraphListener['handleStatus']>): Disposer;
}

/** How often a watched graph is asked for, in milliseconds. */
const GRAPH_POLL_MS = 2_000;
const decoder = new TextDecoder();
const encoder = new TextEncoder();
const nothing = new Uint8Array(0);

/** A robot at the far end of a line, as a `RosGraph`. */
export class RemoteGraph implements RosGraph {
  readonly #robot: RemoteRobot;
  readonly #open = new Set<Disposer>();
  /** The newest graph, which the robot does not send again while it is as it was (clause 5.5). */
  #held: { readonly version: string; readonly snapshot: GraphSnapshot } | undefined;
  #closed = false;

  constructor(robot: RemoteRobot) {
    this.#robot = robot;
  }

  get name(): string {
    return this.#robot.name;
  }

  watch(listener: GraphListener): Disposer {
    const disposers: Disposer[] = [];
    let watching = true;
    let cancel: Disposer | undefined;
    if ('handleStatus' in listener) {
      disposers.push(this.#robot.watchStatus((status) => listener.handleStatus?.(status)));
    }
    if ('handleGraph' in listener) {
      let last: GraphSnapshot | undefined;
      let lastText = '';
      const poll = async (): Promise<void> => {
        try {
          const snapshot = await this.snapshot();
          if (snapshot !== last) {
            const text = JSON.stringify(snapshot);
            if (watching && text !== lastText) listener.handleGraph?.(snapshot);
            lastText = text;
          }
          last = snapshot;
        } catch {
          // The status listener hears of an absent robot; the next poll finds it again.
        }
        if (watching) cancel = this.#robot.clock.after(GRAPH_POLL_MS, () => void poll());
      };
      void poll();
    }
    return this.#own(() => {
      watching = false;
      cancel?.();
      for (const dispose of disposers) dispose();
    });
  }

  async snapshot(options: OperationOptions = {}): Promise<GraphSnapshot> {
    const held = this.#held;
    if (held !== undefined) {
      const action = { kind: 'graph', known: held.version } as const;
      const answer = await this.#ask(action, z.union([graphUnchangedSchema, graphPayloadSchema]), options);
      return 'unchanged' in answer ? held.snapshot : this.#hold(answer);
    }
    return this.#hold(await this.#ask({ kind: 'graph' }, graphPayloadSchema, options));
  }

  #hold({ version, ...snapshot }: z.output<typeof graphPayloadSchema>): GraphSnapshot {
    this.#held = version === undefined ? undefined : { version, snapshot };
    return snapshot;
  }

  /**
   * The newest message of a topic, fetched from the robot now, whether or not it sends the topic: the next one, or the last
   * where it is latched. Rejects with `TOPIC_UNKNOWN`, `NOT_ALLOWED`, `ROS_TIMEOUT` when none is published in time.
   */
  async takeSnapshot(topic: string, options: OperationOptions = {}): Promise<Message> {
    return decodeSnapshot((await this.#request({ kind: 'snapshot', topic }, nothing, options)).payload);
  }

  async messageSchema(type: string, options: OperationOptions = {}): Promise<Schema> {
    return this.#ask({ kind: 'schema.message', type }, schemaPayloadSchema, options);
  }

  async serviceSchema(service: string, options: OperationOptions = {}): Promise<ServiceSchema> {
    return this.#ask({ kind: 'schema.service', service }, servicePayloadSchema, options);
  }

  subscribe(request: SubscribeRequest, listener: SubscriptionListener): Promise<Subscription> {
    if (this.#closed) return Promise.reject(this.#closedError());
    const subscription = this.#robot.subscribe(request, listener);
    return Promise.resolve({ close: this.#own(() => subscription.close()) });
  }

  async advertise(advertisement: Advertisement, options: OperationOptions = {}): Promise<Publisher> {
    const schema = await this.messageSchema(advertisement.type, options);
    const encoding = schema.encoding === 'ros2msg' ? 'cdr' : 'ros1';
    const { topic, type, latched } = advertisement;
    const named = { topic, type, ...(latched === undefined ? {} : { latched }) };
    // The server says under whose name the robot holds it.
    await this.#request({ kind: 'topic.advertise', ...named, holder: '-' }, nothing, options);
    const close = this.#own(() => {
      const ended = this.#robot.request({ kind: 'topic.unadvertise', topic, holder: '-' }, nothing, {});
      // Where the robot is away it holds nothing.
      ended.catch(() => undefined);
    });
    return {
      schema,
      encoding,
      publish: (data, publishOptions = {}) => this.publish({ ...named, encoding }, data, publishOptions),
      close,
    };
  }

  /** Publishes one message without advertising first; JSON is encoded on the robot, by its own definition. */
  async publish(
    target: Omit<Extract<Action, { kind: 'publish' }>, 'kind'>,
    data: Uint8Array,
    options: OperationOptions = {},
  ): Promise<PublishReceipt> {
    const { subscribers } = await this.#ask({ kind: 'publish', ...target }, publishPayloadSchema, options, data);
    return { subscribers };
  }

  async callService(call: ServiceCall, options: OperationOptions = {}): Promise<Uint8Array> {
    const schema = await this.serviceSchema(call.service, options);
    const encoding = schema.request.encoding === 'ros2msg' ? 'cdr' : 'ros1';
    const reply = await this.#request({ kind: 'call', service: call.service, encoding }, call.data, options);
    return reply.payload.slice();
  }

  /** Calls a service with JSON text and gets JSON text; the robot encodes and decodes by its own definition. */
  async callServiceJson(service: string, requestJson: string, options: OperationOptions = {}): Promise<string> {
    const action: Action = { kind: 'call', service, encoding: 'json' };
    const reply = await this.#request(action, encoder.encode(requestJson), options);
    return decoder.decode(reply.payload);
  }

  /** The names of all parameters. */
  async listParameters(options: OperationOptions = {}): Promise<readonly string[]> {
    return (await this.#ask({ kind: 'parameter.list' }, namesPayloadSchema, options)).names;
  }

  async getParameter(name: string, options: OperationOptions = {}): Promise<ParameterValue> {
    const reply = await this.#request({ kind: 'parameter.get', name }, nothing, options);
    return parseParameterValue(decoder.decode(reply.payload));
  }

  /** Sets a parameter, or makes it. Rejects with `NOT_ALLOWED` where the robot's configuration does not let it. */
  async setParameter(name: string, value: ParameterValue, options: OperationOptions = {}): Promise<void> {
    await this.#request({ kind: 'parameter.set', name }, encoder.encode(stringifyExact(value)), options);
  }

  /**
   * Provides a service on the robot, and again after each new line. Rejects with `NOT_ALLOWED` where the robot's configuration
   * does not let it, besides what every graph rejects with.
   */
  async advertiseService(
    advertisement: ServiceAdvertisement,
    handler: ServiceHandler,
    options: OperationOptions = {},
  ): Promise<ProvidedService> {
    if (this.#closed) throw this.#closedError();
    const service = new RemoteService({ robot: this.#robot, advertisement, handler });
    const close = this.#own(() => service.close());
    try {
      return { schema: await service.advertise({ deadlineMs: DEFAULT_DEADLINE_MS, ...options }), close };
    } catch (error) {
      close();
      throw error;
    }
  }

  async deleteParameter(name: string, options: OperationOptions = {}): Promise<void> {
    await this.#request({ kind: 'parameter.delete', name }, nothing, options);
  }

  close(): Promise<void> {
    this.#closed = true;
    for (const dispose of [...this.#open]) dispose();
    return Promise.resolve();
  }

  async #ask<T>(
    action: Action,
    schema: z.ZodType<T>,
    options: OperationOptions,
    payload: Uint8Array = nothing,
  ): Promise<T> {
    const reply = await this.#request(action, payload, options);
    return schema.parse(JSON.parse(decoder.decode(reply.payload)));
  }

  async #request(action: Action, payload: Uint8Array, options: OperationOptions): Promise<Reply> {
    if (this.#closed) throw this.#closedError();
    options.signal?.throwIfAborted();
    const reply = await this.#robot.request(action, payload, { deadlineMs: DEFAULT_DEADLINE_MS, ...options });
    if (reply.state !== 'done') throw replyError(reply);
    return reply;
  }

  #closedError(): RosError {
    return new RosError('GRAPH_CLOSED', `this handle on ${this.name} was closed; open another`);
  }

  #own(dispose: Disposer): Disposer {
    const once = (): void => {
      if (this.#open.delete(once)) dispose();
    };
    this.#open.add(once);
    return once;
  }
}
