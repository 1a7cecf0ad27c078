import { startServer } from '@longline/server';
import { terminalLog } from '../terminalLog.ts';
import type { Terminal } from '../Terminal.ts';
import { untilAborted } from '../untilAborted.ts';

export interface ServerCommandOptions {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly unlockedNetwork?: boolean | undefined;
  readonly metricsPerDevice?: boolean | undefined;
  /** Directory for what outlives this process: history of commands, audit. */
  readonly data?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `longline server`: runs a server until Ctrl-C. */
export async function server(
  terminal: Terminal,
  { data, host, json, metricsPerDevice, port, unlockedNetwork }: ServerCommandOptions,
): Promise<void> {
  const running = await startServer({
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(unlockedNetwork === undefined ? {} : { unlockedNetwork }),
    metricsPerDevice,
    dataDir: data,
    log: terminalLog(terminal, json),
  });
  const everywhere = host === '0.0.0.0' || host === '::';
  const forRobots = everywhere ? `ws://ADDRESS_OF_THIS_MACHINE:${running.port}` : running.url;
  await terminal.print(
    json === true
      ? `${JSON.stringify({ url: running.url, port: running.port })}\n`
      : `Longline server at ${running.url}; robots connect with: longline agent --server ${forRobots}\n`,
  );
  await untilAborted(terminal.signal);
  await running.stop();
}
