import { z } from 'zod';
import { timeText } from '../format/amountText.ts';

/** A command as the server tells of it, as far as people are shown it. */
export const toldCommandSchema = z.looseObject({
  id: z.string(),
  kind: z.string(),
  target: z.string(),
  issuer: z.string(),
  state: z.string(),
  code: z.string().optional(),
  message: z.string().optional(),
  token: z.number().optional(),
  deadlineMs: z.number(),
  acceptedTime: z.string(),
  sentTime: z.string().optional(),
  receivedTime: z.string().optional(),
  unknownTime: z.string().optional(),
  finishedTime: z.string().optional(),
  receivedRobotTime: z.string().optional(),
  finishedRobotTime: z.string().optional(),
});
export type ToldCommand = z.infer<typeof toldCommandSchema>;

export const commandHeader = ['ACCEPTED', 'KIND', 'TARGET', 'STATE', 'TOOK', 'BY', 'ID'];

/** A command as a row under {@link commandHeader}. */
export function commandRow(command: ToldCommand): string[] {
  const { acceptedTime, code, finishedTime, id, issuer, kind, state, target } = command;
  const took = finishedTime === undefined ? '-' : timeText(Date.parse(finishedTime) - Date.parse(acceptedTime));
  return [acceptedTime, kind, target, code === undefined ? state : `${state} ${code}`, took, issuer, id];
}

/** Everything about one command, for people: its life with both clocks. */
export function commandLines(command: ToldCommand): string[] {
  const { code, deadlineMs, id, issuer, kind, message, state, target, token } = command;
  const at = (word: string, server: string | undefined, robot?: string): string[] =>
    server === undefined
      ? []
      : [`  ${word.padEnd(9)} ${server}${robot === undefined ? '' : `   robot's clock ${robot}`}`];
  return [
    `${kind} ${target}: ${state.toUpperCase()}${code === undefined ? '' : ` (${code}: ${message ?? ''})`}`,
    `  by ${issuer}, ID ${id}, deadline ${timeText(deadlineMs)}${token === undefined ? '' : `, under lease ${token}`}`,
    ...at('accepted', command.acceptedTime),
    ...at('sent', command.sentTime),
    ...at('received', command.receivedTime, command.receivedRobotTime),
    ...at('unknown', command.unknownTime),
    ...at(state === 'unknown' ? 'ended' : state, command.finishedTime, command.finishedRobotTime),
  ];
}
