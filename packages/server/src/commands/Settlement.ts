import type { Reply } from '@longline/line';
import { isLonglineError } from '@longline/ros';
import type { DeviceState, RobotLine } from '../fleet/DeviceState.ts';
import type { CommandRecord } from '../store/CommandRecord.ts';
import type { Command } from './Command.ts';
import type { CommandHistory } from './CommandHistory.ts';
import { isVerdict, LateWords, mayBeAsked } from './LateWords.ts';
import type { RequestLine } from './RequestLine.ts';

/** Commands of unknown outcome that a robot is asked about on one line. */
const ASKED_PER_LINE = 100;

/** What a settlement is given. */
export interface SettlementOptions {
  readonly history: CommandHistory;
  readonly requestLine: RequestLine;
  readonly restore: (record: CommandRecord) => Command;
  readonly handleReply: (command: Command, reply: Reply) => void;
}

/**
 * A server that stopped waiting is no verdict: the robot's later word is. It is heard while the line stands, and asked for
 * on the next one.
 */
export class Settlement {
  readonly #options: SettlementOptions;
  readonly #late = new LateWords();

  constructor(options: SettlementOptions) {
    this.#options = options;
  }

  /** No answer came in time on this line. */
  listen(line: RobotLine, command: Command): void {
    this.#late.listen(line, command, (reply) => this.#options.handleReply(command, reply));
  }

  handleSettled(command: Command): void {
    this.#late.handleSettled(command);
  }

  /** The device has another line, or none. */
  handleLine(device: DeviceState): void {
    this.#late.handleLine(device.id);
    const { line } = device;
    if (line === undefined) return;
    for (const record of this.#options.history.unsettled(device.id, ASKED_PER_LINE)) {
      if (mayBeAsked(record.action) && !this.#ask(line, record, device.boot)) return;
    }
  }

  /** Past its deadline, so that a robot that never had the command does not execute it now. Says false when the line takes no more. */
  #ask(line: RobotLine, record: CommandRecord, boot: string): boolean {
    const { id, issuer, deadlineMs, token, sequence, action, payload } = record;
    if (payload === undefined) return true;
    const command = this.#options.restore(record);
    const handleReply = (reply: Reply): void => {
      if (isVerdict(reply, record, boot)) this.#options.handleReply(command, reply);
      else if (reply.code === 'REPLY_MISSING') this.#late.listen(line, command, handleReply);
    };
    try {
      const header = { id, issuer, ageMs: deadlineMs, deadlineMs, token, sequence, action };
      this.#options.requestLine.send(line, header, payload, handleReply);
      return true;
    } catch (error) {
      if (isLonglineError(error)) return false;
      throw error;
    }
  }
}
