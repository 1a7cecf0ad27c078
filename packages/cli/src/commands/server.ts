import { startServer } from '@longline/server';
import type { Server, ServerOptions } from '@longline/server';
import { CliError } from '../errors.ts';
import { terminalLog } from '../terminalLog.ts';
import type { Terminal } from '../Terminal.ts';
import { untilAborted } from '../untilAborted.ts';

export interface ServerCommandOptions {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly unlockedNetwork?: boolean | undefined;
  /** Files of the certificate and of its key. */
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  /** Addresses and networks, also several in one text with commas between them. */
  readonly behindProxy?: readonly string[] | undefined;
  readonly publicUrl?: string | undefined;
  readonly allowOrigin?: readonly string[] | undefined;
  readonly metricsPerDevice?: boolean | undefined;
  /** Directory for what outlives this process: credentials, history of commands, audit. */
  readonly data?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `longline server`: runs a server until Ctrl-C. At a hang-up signal it takes its TLS files anew. */
export async function server(terminal: Terminal, options: ServerCommandOptions): Promise<void> {
  const { allowOrigin, behindProxy, data, host, json, metricsPerDevice, port, publicUrl, unlockedNetwork } = options;
  const tls = tlsOf(options);
  const running = await startServer({
    host,
    port,
    unlockedNetwork,
    tls,
    behindProxy: behindProxy?.flatMap((list) => list.split(',')),
    publicUrl,
    allowOrigins: allowOrigin,
    metricsPerDevice,
    dataDir: data,
    log: terminalLog(terminal, json),
  });
  const stopListening = tls === undefined ? () => undefined : terminal.onHangUp(() => running.reload());
  const { locked, url } = running;
  await terminal.print(
    json === true
      ? `${JSON.stringify({ url, port: running.port, publicUrl: running.publicUrl, locked })}\n`
      : greeting(running, options),
  );
  await untilAborted(terminal.signal);
  stopListening();
  await running.stop();
}

function tlsOf({ tlsCert, tlsKey }: ServerCommandOptions): ServerOptions['tls'] {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert !== undefined && tlsKey !== undefined) return { cert: tlsCert, key: tlsKey };
  throw new CliError('ARGUMENT_INVALID', 'TLS needs both files: --tls-cert FILE --tls-key FILE.');
}

/** Where the server is, who may come, and how to add a robot. */
function greeting({ locked, port, publicUrl, url }: Server, { data = 'DIR', host }: ServerCommandOptions): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const address = publicUrl ?? (everywhere ? url.replace(/\/\/.*$/, `//ADDRESS_OF_THIS_MACHINE:${port}`) : url);
  if (!locked) {
    const robots = everywhere ? address.replace(/^http/, 'ws') : address;
    return (
      `Longline server at ${url}; robots connect with: longline agent --server ${robots}\n` +
      `It is unlocked: whoever reaches it commands the robots. Lock it with: longline init --data ${data}\n`
    );
  }
  return (
    `Longline server at ${address}, locked. Log in with: longline login ${address}\n` +
    'Add a robot with: longline device add ID; it prints the command to run on the robot.\n'
  );
}
