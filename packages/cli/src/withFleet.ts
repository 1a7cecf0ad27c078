import { ClientError, connect } from '@longline/client';
import type { Fleet } from '@longline/client';
import { refusedHere } from './login/refusedHere.ts';
import { serverAccess } from './login/serverAccess.ts';
import type { Terminal } from './Terminal.ts';

export { DEFAULT_SERVER, serverOf } from './login/serverAccess.ts';

/** Options that every reading command has. */
export interface ServerOptions {
  readonly server?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Nobody answers there, or nobody that can be talked to, as `told` says. */
export const noServer = (server: string, told = ''): ClientError =>
  new ClientError(
    'SERVER_UNREACHABLE',
    `No Longline server answers at ${server}${told}. Start one with \`longline server\`, or name another with --server URL or LONGLINE_SERVER.`,
    { details: { server } },
  );

/** Runs a command with the fleet, at once refused when no server answers, and closes it afterwards. Credentials that are taken away end it. */
export async function withFleet(
  terminal: Terminal,
  options: ServerOptions,
  act: (fleet: Fleet) => Promise<void>,
): Promise<void> {
  const { server, token } = serverAccess(terminal, options);
  const fleet = connect(server, { software: 'longline cli', token });
  const refused = Promise.withResolvers<never>();
  const stop = fleet.onStatus((status) => {
    if (status.state === 'disconnected' && status.refused === true)
      refused.reject(refusedHere(status.code, status.reason, server));
  });
  try {
    await Promise.race([refused.promise, reached(fleet, server, terminal.signal).then(() => act(fleet))]);
  } catch (error) {
    // What fails because the person stops the command is no failure.
    if (!terminal.signal.aborted) throw error;
  } finally {
    stop();
    await fleet.close();
  }
}

async function reached(fleet: Fleet, server: string, signal: AbortSignal): Promise<void> {
  const first = Promise.withResolvers<undefined>();
  const stop = fleet.onStatus((status) => {
    if (status.state === 'connected') first.resolve(undefined);
    if (status.state !== 'disconnected') return;
    const told = status.code === 'SERVER_UNREACHABLE' ? '' : ` (${status.code}: ${status.reason})`;
    first.reject(noServer(server, told));
  });
  const handleAbort = (): void => first.resolve(undefined);
  signal.addEventListener('abort', handleAbort);
  try {
    if (fleet.status.current.state !== 'connected') await first.promise;
  } finally {
    stop();
    signal.removeEventListener('abort', handleAbort);
  }
}
