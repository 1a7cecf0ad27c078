import { encodeMessage, RemoteGraph, replyError, standingAction, standingPayloadSchema } from '@longline/line';
import type { Action, CommandSpec, MessageSpec, RemoteRobot, Reply, StandingSpec } from '@longline/line';
import { parseJsonExact, stringifyExact } from '@longline/ros';
import type { OperationOptions, PublishReceipt } from '@longline/ros';
import { runCommand } from './command/runCommand.ts';
import type { CommandOptions, CommandOutcome, CommandSender } from './command/runCommand.ts';

/** What the robot made of a standing command. */
export interface StandingReceipt {
  /** The topic moves the robot: the command ends with the line and with the lease, and nobody but its holder brings it back. */
  readonly motion: boolean;
  /** For how long the robot holds it, in milliseconds, where that is less than was asked for: on motion topics not beyond their timeout. */
  readonly holdMs?: number | undefined;
}

const decoder = new TextDecoder();

/** One robot as a `RosGraph`, with messages given as values and with standing commands. */
export class RobotHandle extends RemoteGraph {
  readonly #request: CommandSender;

  constructor(robot: Omit<RemoteRobot, 'request'> & { readonly request: CommandSender }) {
    super(robot);
    this.#request = robot.request;
  }

  /**
   * Does something once, with an ID of the caller's choice, and waits for what the caller chooses. Refusals are outcomes; rejects
   * only where it could not be sent.
   */
  command(spec: CommandSpec, options: CommandOptions = {}): Promise<CommandOutcome> {
    return runCommand(this.#request, spec, options);
  }

  /** Publishes one message given as a value. Rejects with the robot's reason, `NOT_ALLOWED` and `MESSAGE_INVALID` among them. */
  publishMessage(
    target: MessageSpec & { readonly topic: string; readonly type?: string },
    options: OperationOptions = {},
  ): Promise<PublishReceipt> {
    const { data, encoding } = encodeMessage(target);
    const { topic, type } = target;
    return this.publish({ topic, encoding, ...(type === undefined ? {} : { type }) }, data, options);
  }

  /**
   * Calls a service with a request given as a value; resolves to the response, decoded, with 64-bit integers as `bigint`. The
   * robot encodes by its own definition. Rejects with `SERVICE_UNKNOWN`, `SERVICE_FAILED`, `NOT_ALLOWED`, `MESSAGE_INVALID`.
   *
   * @example
   * await robot.call('/turtle1/set_pen', { r: 255, width: 3 });
   */
  async call(service: string, request: unknown = {}, options: OperationOptions = {}): Promise<unknown> {
    return parseJsonExact(await this.callServiceJson(service, stringifyExact(request), options));
  }

  /** Sets or renews a standing command; on topics that move the robot it needs a lease (`LEASE_NEEDED`). */
  async setStanding(command: StandingSpec, options: OperationOptions = {}): Promise<StandingReceipt> {
    const { action, payload: message } = standingAction(command);
    const { payload } = await this.#command(action, message, options);
    return standingPayloadSchema.parse(JSON.parse(decoder.decode(payload)));
  }

  /** Ends a standing command; what it moved is stopped. */
  async endStanding(topic: string, options: OperationOptions = {}): Promise<void> {
    await this.#command({ kind: 'standing.end', topic }, new Uint8Array(0), options);
  }

  async #command(action: Action, data: Uint8Array, options: OperationOptions): Promise<Reply> {
    const reply = await this.#request(action, data, options);
    if (reply.state !== 'done') throw replyError(reply);
    return reply;
  }
}
