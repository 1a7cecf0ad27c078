import { codecFor, isAlwaysFinite, isStill, parseParameterValue, RosError, sameType } from '@longline/ros';
import type { Clock, OperationOptions, Publisher, RosGraph, RosObject } from '@longline/ros';
import { encodingOf } from '../commands/messageBytes.ts';
import type { StopStep } from '../config/motionSchema.ts';
import type { MotionOrder, MotionReceipt } from './Deadman.ts';
import { applyLimits, checkFinite } from './FieldLimits.ts';
import type { OutputRule } from './MotionOutputs.ts';
import { OpenPublishers } from './OpenPublishers.ts';
import type { RosPulse } from './RosPulse.ts';
import type { StopAction } from './StopRun.ts';

/** One stop message or call may take this long to reach ROS, in milliseconds; then it is tried anew. */
const STOP_ATTEMPT_MS = 500;

/** An order within its limits, ready to go: {@link send} hands it to ROS in the same turn. */
export interface PreparedOrder {
  /** All of it is zero or empty. */
  readonly isStill: boolean;
  readonly type: string | undefined;
  send(options: OperationOptions): Promise<MotionReceipt>;
}

/** Orders and stops of outputs, as ROS takes them. */
export class OutputRos {
  readonly #graph: RosGraph;
  readonly #clock: Clock;
  readonly #pulse: RosPulse;
  readonly #publishers: OpenPublishers;

  constructor(options: { readonly graph: RosGraph; readonly clock: Clock; readonly pulse: RosPulse }) {
    this.#graph = options.graph;
    this.#clock = options.clock;
    this.#pulse = options.pulse;
    this.#publishers = new OpenPublishers(options.graph);
  }

  /**
   * Reads an order and holds it to its limits. Rejects with `TOPIC_UNKNOWN`, `TYPE_MISMATCH`, `MESSAGE_INVALID`,
   * `LIMIT_BEYOND`, `CONFIG_INVALID`, and what ROS says.
   */
  async prepare(order: MotionOrder, rule: OutputRule, options: OperationOptions): Promise<PreparedOrder> {
    switch (order.kind) {
      case 'topic':
        return this.#prepareMessage(order, rule);
      case 'service':
        return this.#prepareCall(order, rule, options);
      case 'parameter':
        return this.#prepareValue(order, rule);
    }
  }

  /** What stops an output; zeros go to the topic itself. */
  stopActions(topic: string, type: () => string | undefined, steps: readonly StopStep[]): StopAction[] {
    return steps.map((step): StopAction => {
      if (step === 'zeros') return { repeats: true, run: (signal) => this.#publish(topic, type(), {}, signal) };
      if ('call' in step) return { repeats: false, run: (signal) => this.#call(step.call, step.request, signal) };
      return { repeats: true, run: (signal) => this.#publish(step.publish, step.type, step.message, signal) };
    });
  }

  /** Publishes what releases the locks of a stop. Rejects with what ROS says. */
  async release(steps: readonly StopStep[]): Promise<void> {
    for (const step of steps) {
      if (step === 'zeros' || 'call' in step || step.release === undefined) continue;
      await this.#publish(step.publish, step.type, step.release, undefined);
    }
  }

  /** Opens the publishers that orders and stops will need. Failures show when they are used. */
  warm(topic: string | undefined, type: string | undefined, steps: readonly StopStep[]): void {
    const needed = steps.flatMap((step) =>
      step === 'zeros' || 'call' in step ? [] : [[step.publish, step.type] as const],
    );
    if (topic !== undefined && type !== undefined) needed.push([topic, type]);
    for (const [name, typeName] of needed) this.#publishers.open(name, typeName).catch(() => undefined);
  }

  close(): void {
    this.#publishers.close();
  }

  async #prepareMessage(order: MotionOrder, rule: OutputRule): Promise<PreparedOrder> {
    const { name } = order;
    const known = this.#pulse.typeOf(name);
    const type = known ?? order.type;
    if (type === undefined) throw unknownTopic(name);
    if (order.type !== undefined && !sameType(type, order.type)) {
      throw new RosError(
        'TYPE_MISMATCH',
        `Topic ${name} has type ${type} on the robot, not ${order.type}. Use ${type}.`,
      );
    }
    const publisher = this.#publishers.ready(name, type) ?? (await this.#publishers.open(name, type));
    const codec = codecFor(publisher.schema, publisher.encoding);
    const message = codec.decode(order.data);
    if (isAlwaysFinite(type)) checkFinite(message);
    const { value, isChanged } = applyLimits(message, rule.limits);
    const data = isChanged ? codec.encode(value) : order.data;
    return {
      isStill: isStill(type, value),
      type,
      send: async (bounds) => {
        const { subscribers } = await publisher.publish(data, bounds);
        return { subscribers: this.#withoutWatchers(name, subscribers), payload: new Uint8Array() };
      },
    };
  }

  async #prepareCall(order: MotionOrder, rule: OutputRule, options: OperationOptions): Promise<PreparedOrder> {
    const service = order.name;
    let { data } = order;
    if (rule.limits.length > 0) {
      const { request } = await this.#graph.serviceSchema(service, options);
      const codec = codecFor(request, encodingOf(request));
      const limited = applyLimits(codec.decode(data), rule.limits);
      if (limited.isChanged) data = codec.encode(limited.value);
    }
    return {
      isStill: false,
      type: undefined,
      send: async (bounds) => {
        const payload = await this.#graph.callService({ service, data }, bounds);
        return { subscribers: undefined, payload };
      },
    };
  }

  #prepareValue({ name, data }: MotionOrder, rule: OutputRule): PreparedOrder {
    const value = parseParameterValue(new TextDecoder().decode(data));
    const limited = applyLimits({ value }, rule.limits).value['value'] ?? value;
    return {
      isStill: false,
      type: undefined,
      send: async (bounds) => {
        await this.#graph.setParameter(name, limited, bounds);
        return { subscribers: undefined, payload: new Uint8Array() };
      },
    };
  }

  /** Without a wait where the publisher is open: whatever is asked of ROS later comes later. */
  async #publish(
    topic: string,
    type: string | undefined,
    message: unknown,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    if (type === undefined) throw unknownTopic(topic);
    const options = { deadlineMs: STOP_ATTEMPT_MS, ...(signal === undefined ? {} : { signal }) };
    const publisher = this.#publishers.ready(topic, type) ?? (await this.#publishers.open(topic, type));
    signal?.throwIfAborted();
    const receipt = await publisher.publish(this.#encode(publisher, message), options);
    return this.#withoutWatchers(topic, receipt.subscribers) !== 0;
  }

  async #call(service: string, request: RosObject | Record<string, unknown>, signal: AbortSignal): Promise<boolean> {
    const options = { deadlineMs: STOP_ATTEMPT_MS, signal };
    const schema = (await this.#graph.serviceSchema(service, options)).request;
    const data = codecFor(schema, encodingOf(schema)).encode(request);
    await this.#graph.callService({ service, data }, options);
    return true;
  }

  /** Stamped messages are of now: drivers leave out what looks old. */
  #encode(publisher: Publisher, message: unknown): Uint8Array {
    const codec = codecFor(publisher.schema, publisher.encoding);
    const value = codec.fromPlain(message);
    const { header } = value;
    if (typeof header !== 'object' || !('stamp' in header) || Object.hasOwn(message as object, 'header')) {
      return codec.encode(value);
    }
    const wallNs = this.#clock.wallNs();
    const stamp = { sec: Number(wallNs / 1_000_000_000n), nsec: Number(wallNs % 1_000_000_000n) };
    return codec.encode({ ...value, header: { ...header, stamp } });
  }

  #withoutWatchers(topic: string, subscribers: number | undefined): number | undefined {
    return subscribers === undefined ? undefined : Math.max(0, subscribers - this.#pulse.watchersOf(topic));
  }
}

const unknownTopic = (topic: string): RosError =>
  new RosError('TOPIC_UNKNOWN', `The robot has no topic ${topic}, so its type is unknown. Give the type.`, {
    details: { topic },
  });
