import { loadAgentConfig, startAgent } from '@longline/agent';
import type { AgentConfigInput } from '@longline/agent';
import { terminalLog } from '../terminalLog.ts';
import type { Terminal } from '../Terminal.ts';
import { untilAborted } from '../untilAborted.ts';

export interface AgentOptions {
  readonly config?: string | undefined;
  readonly device?: string | undefined;
  readonly server?: string | undefined;
  readonly robot?: string | undefined;
  readonly allowPublish?: string[] | undefined;
  readonly allowCall?: string[] | undefined;
  readonly allowSetParameters?: string[] | undefined;
  readonly allowProvide?: string[] | undefined;
  readonly proxy?: string | undefined;
  readonly ca?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `longline agent`: runs a robot's agent until Ctrl-C. */
export async function agent(terminal: Terminal, options: AgentOptions): Promise<void> {
  const config = await loadAgentConfig({
    ...(options.config === undefined ? {} : { path: options.config }),
    overrides: overridesOf(options),
    environment: terminal.env,
  });
  const running = await startAgent(config, { log: terminalLog(terminal, options.json) });
  await untilAborted(terminal.signal);
  await running.stop();
}

function overridesOf(options: AgentOptions): AgentConfigInput {
  const { allowCall, allowProvide, allowPublish, allowSetParameters, ca, device, proxy, robot, server } = options;
  const allow = {
    ...(allowPublish === undefined ? {} : { publish: allowPublish }),
    ...(allowCall === undefined ? {} : { call: allowCall }),
    ...(allowSetParameters === undefined ? {} : { setParameters: allowSetParameters }),
    ...(allowProvide === undefined ? {} : { provide: allowProvide }),
  };
  return {
    ...(device === undefined ? {} : { device }),
    ...(server === undefined ? {} : { server }),
    ...(robot === undefined ? {} : { robot }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(ca === undefined ? {} : { ca }),
    ...(Object.keys(allow).length === 0 ? {} : { allow }),
  };
}
