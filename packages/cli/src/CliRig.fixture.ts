import { startAgent } from '@longline/agent';
import type { Agent } from '@longline/agent';
import { startServer } from '@longline/server';
import type { Server } from '@longline/server';
import { waitFor } from '@longline/testing';
import { pino } from 'pino';
import { runCli } from './runCli.ts';
import { TestTerminal } from './TestTerminal.fixture.ts';

/** What a command did. */
export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A server with one simulated turtle, and the command line beside it. */
export class CliRig {
  readonly server: Server;
  readonly agent: Agent;

  private constructor(server: Server, agent: Agent) {
    this.server = server;
    this.agent = agent;
  }

  static async start(): Promise<CliRig> {
    const server = await startServer({ port: 0, log: pino({ level: 'silent' }) });
    const agent = await startAgent({
      device: 'turtle',
      server: server.url,
      robot: 'turtlesim:',
      allow: { publish: ['/turtle1/cmd_vel', '/chatter'], call: ['/spawn'], setParameters: ['/turtlesim/**'] },
    });
    const rig = new CliRig(server, agent);
    await waitFor(async () => (await rig.run('topic', 'list', 'turtle', '--json')).out.includes('"sent":true'));
    return rig;
  }

  async run(...args: string[]): Promise<CliResult> {
    return this.begin(...args).done;
  }

  /** Runs a command that goes on until it is interrupted. */
  begin(...args: string[]): { readonly term: TestTerminal; readonly done: Promise<CliResult> } {
    const term = new TestTerminal({ LONGLINE_SERVER: this.server.url });
    term.hasKeyboard = true;
    return { term, done: runCli(args, term).then((code) => ({ code, out: term.out, err: term.err })) };
  }

  async stop(): Promise<void> {
    await this.agent.stop();
    await this.server.stop();
  }
}
