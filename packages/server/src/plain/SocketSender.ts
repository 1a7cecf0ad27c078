import type { DoorSocket } from '@longline/bridges';
import { stringifyExact } from '@longline/ros';
import type { Clock, RosObject, Schema } from '@longline/ros';
import type { PlainSender } from './PlainContext.ts';
import { deviceBusy } from './plainErrors.ts';
import { textOf } from './plainMessage.ts';
import type { PlainRobot } from './PlainRobot.ts';

/** While the device has not taken so many bytes nothing more is sent. */
export const MAX_BUFFERED_BYTES = 1024 * 1024;
/** The same for words about its mistakes. */
const MAX_BUFFERED_STATUS_BYTES = 64 * 1024;
/** One refusal is told so often, in milliseconds. */
const SAME_REFUSAL_MS = 500;
/** Different refusals remembered; then all are forgotten. */
const MAX_REFUSALS = 1_000;
const MAX_MESSAGE_LENGTH = 1_000;

/** What a {@link SocketSender} is given. */
export interface SocketSenderOptions {
  readonly device: string;
  readonly socket: Pick<DoorSocket, 'bufferedBytes' | 'send'>;
  readonly clock: Clock;
  readonly robot: Pick<PlainRobot, 'subscriptions'>;
  readonly reached: () => Promise<void>;
}

/** Writes what goes down to a plain device, as a rosbridge client reads it. Memory is bounded: what does not fit is refused. */
export class SocketSender implements PlainSender {
  readonly #options: SocketSenderOptions;
  readonly #toldMs = new Map<string, number>();

  constructor(options: SocketSenderOptions) {
    this.#options = options;
  }

  send(text: string): void {
    const { device, socket } = this.#options;
    if (socket.bufferedBytes > MAX_BUFFERED_BYTES) throw deviceBusy(device);
    socket.send(text);
  }

  publish(topic: string, schema: Schema, value: RosObject): void {
    const told = this.#options.robot.subscriptions.get(topic)?.told ?? topic;
    this.send(`{"op":"publish","topic":${JSON.stringify(told)},"msg":${textOf(schema, value)}}`);
  }

  refuse(code: string, message: string, about: string): void {
    const { clock, socket } = this.#options;
    const key = `${code} ${about.slice(0, 255)}`;
    const nowMs = clock.monotonicMs();
    if (nowMs - (this.#toldMs.get(key) ?? Number.NEGATIVE_INFINITY) < SAME_REFUSAL_MS) return;
    if (socket.bufferedBytes > MAX_BUFFERED_STATUS_BYTES) return;
    if (this.#toldMs.size >= MAX_REFUSALS) this.#toldMs.clear();
    this.#toldMs.set(key, nowMs);
    socket.send(
      stringifyExact({ op: 'status', level: 'error', msg: `${code}: ${message.slice(0, MAX_MESSAGE_LENGTH)}` }),
    );
  }

  reached(): Promise<void> {
    return this.#options.reached();
  }
}
