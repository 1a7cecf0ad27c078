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

/**
 * Robots remember 10,000 commands of one run. Those sent so shortly before the line was lost, in milliseconds, and so many
 * commands ago they still know, whatever came between.
 */
const REMEMBERED_MS = 5_000;
const REMEMBERED_COMMANDS = 5_000;

/** What a settlement is given. */
export interface SettlementOptions {
  readonly history: CommandHistory;
  readonly requestLine: RequestLine;
  readonly restore: (record: CommandRecord) => Command;
  readonly handleReply: (command: Command, reply: Reply) => void;
  readonly wallMs: () => number;
}

/**
 * A server that stopped waiting is no verdict: the robot's later word is. It is heard while the line stands, and asked for
 * on the next one.
 */
export class Settlement {
  readonly #options: SettlementOptions;
  readonly #late = new LateWords();
  /** Of the devices that are away, when their lines were lost, by the server's wall clock. */
  readonly #lostMs = new Map<string, number>();

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
    if (line === undefined) {
      this.#lostMs.set(device.id, this.#options.wallMs());
      return;
    }
    // A line that was replaced is lost now.
    const lostMs = this.#lostMs.get(device.id) ?? this.#options.wallMs();
    this.#lostMs.delete(device.id);
    for (const record of this.#options.history.unsettled(device.id, ASKED_PER_LINE)) {
      const mayBeForgotten = this.#mayBeForgotten(record, device.boot, lostMs);
      if (mayBeAsked(record.action) && !this.#ask(line, record, mayBeForgotten)) return;
    }
  }

  #mayBeForgotten({ boot, order, times }: CommandRecord, presentBoot: string, lostMs: number): boolean {
    if (boot !== presentBoot || times.sentMs === undefined) return true;
    return times.sentMs < lostMs - REMEMBERED_MS || this.#options.history.newestOrder - order > REMEMBERED_COMMANDS;
  }

  /** Past its deadline, so that a robot that never had the command does not execute it now. Says false when the line takes no more. */
  #ask(line: RobotLine, record: CommandRecord, mayBeForgotten: boolean): boolean {
    const { id, issuer, deadlineMs, token, sequence, action, payload } = record;
    if (payload === undefined) return true;
    const command = this.#options.restore(record);
    const handleReply = (reply: Reply): void => {
      if (isVerdict(reply, mayBeForgotten)) this.#options.handleReply(command, reply);
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
