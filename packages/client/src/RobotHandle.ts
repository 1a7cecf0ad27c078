import { RemoteGraph, replyError, standingPayloadSchema } from '@longline/line';
import type { Action, RemoteRobot, Reply } from '@longline/line';
import type { OperationOptions, PublishReceipt } from '@longline/ros';
import type { CommandSpec } from './command/CommandSpec.ts';
import { runCommand } from './command/runCommand.ts';
import type { CommandOptions, CommandOutcome, CommandSender } from './command/runCommand.ts';
import { encodeMessage } from './encodeMessage.ts';
import type { MessageToSend } from './encodeMessage.ts';

/** "Publish this message on this topic at this rate while I hold it." */
export type StandingCommand = MessageToSend & {
  readonly topic: string;
  /** Needed only where the topic does not exist yet. */
  readonly type?: string;
  /** 0.01 to 1,000. */
  readonly rateHz: number;
  /** The robot goes on for this long after the last word, 100 ms at least; setting it again renews it. */
  readonly holdMs: number;
};

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
    target: MessageToSend & { readonly topic: string; readonly type?: string },
    options: OperationOptions = {},
  ): Promise<PublishReceipt> {
    const { data, encoding } = encodeMessage(target);
    const { topic, type } = target;
    return this.publish({ topic, encoding, ...(type === undefined ? {} : { type }) }, data, options);
  }

  /** Sets or renews a standing command; on topics that move the robot it needs a lease (`LEASE_NEEDED`). */
  async setStanding(command: StandingCommand, options: OperationOptions = {}): Promise<StandingReceipt> {
    const { data, encoding } = encodeMessage(command);
    const { holdMs, rateHz, topic, type } = command;
    const action: Action = {
      kind: 'standing.set',
      topic,
      encoding,
      rateHz,
      holdMs,
      ...(type === undefined ? {} : { type }),
    };
    const { payload } = await this.#command(action, data, options);
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
