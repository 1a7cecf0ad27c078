import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { machineClock } from '../machineClock.ts';
import { speedOf } from './GateWorld.fixture.ts';

interface Heard {
  readonly speed: number;
  readonly atMs: number;
}

/** A robot's driver and a driving agent before it, each of its own process. */
class DrivingWorld {
  /** What the robot's driver heard. */
  readonly heard: Heard[] = [];
  readonly #children: ChildProcess[] = [];
  readonly #server = createServer((socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const lines = (text + data.toString()).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines)
        this.heard.push({ speed: speedOf(Buffer.from(line, 'hex')), atMs: machineClock.monotonicMs() });
    });
  });
  folder = '';

  async open(): Promise<this> {
    this.folder = await mkdtemp(join(tmpdir(), 'deadman-'));
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      for (const child of this.#children) child.kill('SIGKILL');
      this.#server.close();
      await rm(this.folder, { recursive: true, force: true });
    });
    return this;
  }

  get last(): Heard | undefined {
    return this.heard.at(-1);
  }

  /** Resolves when the agent drives; to it and the ID of its deadman. */
  async drive(timeoutMs = 5_000): Promise<{ agent: ChildProcess; deadmanPid: number }> {
    const { port } = this.#server.address() as AddressInfo;
    const program = fileURLToPath(new URL('./drivingAgent.fixture.ts', import.meta.url));
    const agent = spawn(
      process.execPath,
      ['--conditions=@longline/source', program, `fake://robot:${port}`, this.folder, String(timeoutMs)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.#children.push(agent);
    let output = '';
    agent.stdout.on('data', (data: Buffer) => (output += data.toString()));
    await waitFor(() => this.heard.filter(({ speed }) => speed === 1).length > 5);
    await waitFor(() => output.includes('\n'));
    return { agent, deadmanPid: Number(output.split(' ')[1]) };
  }

  /** Resolves to how long after `sinceMs` the driver heard of a stop that nothing came after, in milliseconds. */
  async stopped(sinceMs: number): Promise<number> {
    await waitFor(() => this.heard.slice(-5).every(({ speed }) => speed === 0));
    const last = this.heard.findLastIndex(({ speed }) => speed !== 0);
    return this.heard[last + 1]!.atMs - sinceMs;
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('an agent that is killed leaves a robot that stands still, and no process', async () => {
  const world = await new DrivingWorld().open();
  const { agent, deadmanPid } = await world.drive();
  const killedMs = machineClock.monotonicMs();
  agent.kill('SIGKILL');
  expect(await world.stopped(killedMs)).toBeLessThan(500);
  await waitFor(() => !isAlive(deadmanPid));
});

test.each(['SIGSTOP', 'SIGUSR2'] as const)(
  'an agent that hangs (%s) does not keep its robot moving',
  async (signal) => {
    const world = await new DrivingWorld().open();
    const { agent } = await world.drive();
    const hungMs = machineClock.monotonicMs();
    agent.kill(signal);
    const afterMs = await world.stopped(hungMs);
    expect(afterMs).toBeGreaterThan(200);
    expect(afterMs).toBeLessThan(800);
    if (signal === 'SIGSTOP') agent.kill('SIGCONT');
    await waitFor(() => world.last?.speed === 1);
  },
);

test('an agent that ends in good order stops its robot first', async () => {
  const world = await new DrivingWorld().open();
  const { agent, deadmanPid } = await world.drive();
  agent.kill('SIGTERM');
  await new Promise((resolve) => agent.once('exit', resolve));
  expect(world.last?.speed).toBe(0);
  await waitFor(() => !isAlive(deadmanPid));
  await world.stopped(0);
  expect(JSON.parse(await readFile(join(world.folder, 'deadman.json'), 'utf8'))).toMatchObject({
    highestToken: 1,
    outputs: [],
  });
});

test('a deadman that is killed is started again and stops what was armed; the lease is gone', async () => {
  const world = await new DrivingWorld().open();
  const { deadmanPid } = await world.drive();
  const killedMs = machineClock.monotonicMs();
  process.kill(deadmanPid, 'SIGKILL');
  expect(await world.stopped(killedMs)).toBeLessThan(5_000);
});

test('a deadman that hangs is killed, and its successor stops what was armed', async () => {
  const world = await new DrivingWorld().open();
  const { deadmanPid } = await world.drive();
  process.kill(deadmanPid, 'SIGSTOP');
  const hungMs = machineClock.monotonicMs();
  expect(await world.stopped(hungMs)).toBeLessThan(8_000);
  expect(isAlive(deadmanPid)).toBe(false);
});
