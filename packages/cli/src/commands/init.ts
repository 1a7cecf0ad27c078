import { initCredentials } from '@longline/server';
import type { Terminal } from '../Terminal.ts';

export interface InitOptions {
  /** The server's data directory. */
  readonly data: string;
  readonly name?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `longline init --data DIR`: makes an administrator's token, and so locks a server. The token alone goes to standard output. */
export async function init(terminal: Terminal, { data, json, name = 'admin' }: InitOptions): Promise<void> {
  const { token, wasLocked } = await initCredentials(data, { name });
  terminal.warn(
    `Token of the administrator ${name}, shown this once; keep it like a password. Log in with: longline login URL`,
  );
  if (!wasLocked) terminal.warn(`A server with --data ${data} is locked from its next start on.`);
  await terminal.print(json === true ? `${JSON.stringify({ name, token, wasLocked })}\n` : `${token}\n`);
}
