import { resolve } from 'node:path';
import { findProxy, joinServer, readAuthorities } from '@longline/agent';
import { CliError } from '../errors.ts';
import type { Terminal } from '../Terminal.ts';

export interface JoinOptions {
  readonly token: string;
  readonly ca?: string | undefined;
  readonly proxy?: string | undefined;
  readonly stateDir?: string | undefined;
  readonly insecure?: boolean | undefined;
  readonly json?: boolean | undefined;
}

const joinToken = /^lj_[\w-]{43}$/;

/** `longline join URL --token lj_...`: makes this robot's key, and lets the server know it. */
export async function join(terminal: Terminal, url: string, options: JoinOptions): Promise<void> {
  const { insecure, json, proxy, token } = options;
  if (!joinToken.test(token)) {
    throw new CliError(
      'ARGUMENT_INVALID',
      '--token is no join token: lj_ and 43 characters, as "longline device add ID" prints it.',
    );
  }
  const stateDir = options.stateDir === undefined ? undefined : resolve(options.stateDir);
  const { identity, path, fingerprint } = await joinServer({
    url,
    token,
    stateDir,
    ca: options.ca === undefined ? undefined : await readAuthorities(options.ca),
    findProxy: (target) => findProxy(target, proxy),
    insecure,
    env: terminal.env,
    signal: terminal.signal,
  });
  const { device, server } = identity;
  const command = `longline agent --device ${device}`;
  if (json === true) {
    await terminal.print(`${JSON.stringify({ device, server, url: identity.url, path, fingerprint, command })}\n`);
    return;
  }
  const lines = [
    `${device} has joined the server ${server} at ${identity.url}.`,
    `Its key (${fingerprint}) is in ${path}, for this user alone; it never leaves this machine.`,
    `An agent of it that runs takes it by itself within seconds. Else start it: ${command}`,
  ];
  await terminal.print(`${lines.join('\n')}\n`);
}
