import { ServerError } from '../errors.ts';
import type { CommandRecord } from '../store/CommandRecord.ts';

export const commandUnknown = (device: string, id: string): ServerError =>
  new ServerError(
    'COMMAND_UNKNOWN',
    `Device ${device} has no command ${id} here: it was never taken, or is too old to be remembered.`,
    { details: { device, command: id } },
  );

export const idReused = (device: string, id: string): ServerError =>
  new ServerError(
    'COMMAND_ID_REUSED',
    `Command ${id} of device ${device} exists and asks for something else. Give every command its own ID.`,
    { details: { device, id } },
  );

/** Why a command ended by the server's own word. */
export interface Ending {
  readonly code: string;
  readonly message: string;
}

export const expiredWaiting = ({ device, deadlineMs }: CommandRecord): Ending => ({
  code: 'COMMAND_EXPIRED',
  message: `Device ${device} did not come back within the deadline of ${deadlineMs} ms; the command was never sent. Send it again, with a longer deadline.`,
});

export const cancelledWaiting: Ending = {
  code: 'COMMAND_CANCELLED',
  message: 'The command was taken back while it waited for its device; the robot never saw it.',
};

export const issuerRevoked: Ending = {
  code: 'ACCESS_REVOKED',
  message: 'Whoever sent the command may do so no longer; it waited for its device, and the robot never saw it.',
};

export const serverStopping: Ending = {
  code: 'SERVER_STOPPING',
  message: 'The server stopped before the device came back; the command was never sent. Send it again.',
};

export const serverRestarted: Ending = {
  code: 'SERVER_RESTARTED',
  message:
    "The server ended before the robot's answer came; what the robot did is unknown. It is asked when it is online.",
};
