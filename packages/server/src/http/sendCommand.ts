import type { FastifyReply } from 'fastify';
import type { CommandInfo } from '../commands/CommandInfo.ts';
import type { CommandState } from '../commands/Command.ts';
import { sendJson } from './App.ts';
import { statusOf } from './statusOf.ts';

/** Status of a command that ended badly with a code that only its robot knows. */
const statusOfState: Readonly<Record<CommandState, number>> = {
  accepted: 202,
  sent: 202,
  received: 202,
  done: 200,
  failed: 502,
  rejected: 409,
  expired: 504,
  cancelled: 409,
  unknown: 504,
};

/** Answers with a command as it is: done, under way, or an error that says why not. */
export function sendCommand(reply: FastifyReply, command: CommandInfo): void {
  const status = statusOfState[command.state];
  if (status < 300) {
    sendJson(reply, command, status);
    return;
  }
  const { code = 'REPLY_MISSING', message = `The command ended as ${command.state}.` } = command;
  sendJson(reply, { code, message, details: { command } }, knownStatus(code) ?? status);
}

function knownStatus(code: string): number | undefined {
  const status = statusOf(code);
  return status === 502 ? undefined : status;
}
