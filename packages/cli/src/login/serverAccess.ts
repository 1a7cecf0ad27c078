import { CliError } from '../errors.ts';
import type { Terminal } from '../Terminal.ts';
import { UserCredentials } from './UserCredentials.ts';

/** Where the server is when nobody says. */
export const DEFAULT_SERVER = 'http://127.0.0.1:8080';

/** Whom a command asks, and as whom. */
export interface ServerAccess {
  readonly server: string;
  /** Undefined: nobody has logged in there. */
  readonly token: string | undefined;
}

/** Flags that say whom to ask. */
export interface ServerFlag {
  readonly server?: string | undefined;
}

/** The server that a command asks: `--server`, `LONGLINE_SERVER`, that of the last log-in, or one on this machine. */
export const serverOf = (terminal: Pick<Terminal, 'env'>, { server }: ServerFlag): string =>
  server ?? given(terminal, 'LONGLINE_SERVER') ?? new UserCredentials(terminal.env).defaultServer ?? DEFAULT_SERVER;

/** With the token for it: `LONGLINE_TOKEN`, or that of the log-in. Throws `CREDENTIALS_UNUSABLE`, `ARGUMENT_INVALID`. */
export function serverAccess(terminal: Pick<Terminal, 'env' | 'warn'>, flag: ServerFlag): ServerAccess {
  const server = serverOf(terminal, flag);
  const named = given(terminal, 'LONGLINE_TOKEN');
  const token =
    named === undefined ? new UserCredentials(terminal.env).tokenFor(server) : checkToken(named, 'LONGLINE_TOKEN');
  if (token !== undefined) warnInClear(terminal, server);
  return { server, token };
}

/** Takes the spaces off. Throws `ARGUMENT_INVALID`; `where` is where the token was found. */
export function checkToken(text: string, where: string): string {
  const token = text.trim();
  if (/^ll_[\w-]{43}$/.test(token)) return token;
  throw new CliError('ARGUMENT_INVALID', `What is in ${where} is no token: it begins with ll_ and has 46 characters.`);
}

/** Says where a token can be read on its way. */
export function warnInClear(terminal: Pick<Terminal, 'warn'>, server: string): void {
  const url = URL.parse(server);
  if (url === null || !/^(?:http|ws):$/.test(url.protocol) || loopback.test(url.hostname)) return;
  terminal.warn(`Warning: the token travels in the clear to ${url.host}. Use https:// there, and exchange the token.`);
}

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

const given = ({ env }: Pick<Terminal, 'env'>, name: string): string | undefined => {
  const value = env[name];
  return value === undefined || value.trim() === '' ? undefined : value;
};
