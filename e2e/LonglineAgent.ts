import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentConfigInput } from '@longline/agent';
import type { PeerProcess } from '@longline/testing';
import { z } from 'zod';
import { START_MS, startLongline } from './longline.ts';

const logLine = z.looseObject({ level: z.number(), msg: z.string() });
export type LogLine = z.infer<typeof logLine>;

/** `longline agent --config FILE` as a process that can be killed and started again. */
export class LonglineAgent {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  #peer: PeerProcess | undefined;

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#env = env;
  }

  /** Starts one with that config; resolves when its line is open. */
  static async start(config: AgentConfigInput, env: NodeJS.ProcessEnv = {}): Promise<LonglineAgent> {
    const folder = await mkdtemp(join(tmpdir(), 'longline-agent-'));
    // JSON is YAML.
    await writeFile(join(folder, 'agent.yaml'), JSON.stringify({ stateDir: join(folder, 'state'), ...config }));
    const agent = new LonglineAgent(folder, env);
    await agent.launch();
    await agent.logged('the line is open');
    return agent;
  }

  get process(): PeerProcess {
    if (this.#peer === undefined) throw new Error('The agent was not launched');
    return this.#peer;
  }

  get log(): readonly LogLine[] {
    const lines = this.process.stderr.split('\n').slice(0, -1);
    return lines.filter((line) => line.startsWith('{')).map((line) => logLine.parse(JSON.parse(line)));
  }

  /** Starts it; resolves when it runs, before it has reached anybody. */
  async launch(): Promise<void> {
    this.#peer = startLongline(['agent', '--config', join(this.#folder, 'agent.yaml'), '--json'], this.#env);
    await this.logged('the agent starts');
  }

  /** Resolves to the first line of the log with that text. */
  logged(text: string): Promise<LogLine> {
    return this.process.waitFor(() => this.log.find(({ msg }) => msg.includes(text)), START_MS);
  }

  /** SIGKILL, as the kernel does when memory runs out. */
  kill(): Promise<void> {
    return this.process.stop();
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    await this.#peer?.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
