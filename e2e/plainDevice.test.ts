import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithPeer, freePort, PeerProcess, waitFor } from '@longline/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentedCommands } from './documentedCommands.ts';
import { START_MS, startLongline } from './longline.ts';

const TEST_MS = 60_000;
const root = join(import.meta.dirname, '..');
const main = `${process.execPath} --conditions=@longline/source ${join(root, 'packages', 'cli', 'src', 'main.ts')}`;

const commands = documentedCommands('docs/plain-devices.md');
const under = (heading: string): string[] =>
  commands.filter((each) => each.heading === heading).map(({ command }) => command);

/** A server in a process of its own, and what is started beside it. */
class PlainSetUp {
  readonly started: PeerProcess[] = [];
  readonly #isLocked: boolean;
  #url = '';
  #folder = '';
  #token = '';

  constructor(isLocked: boolean) {
    this.#isLocked = isLocked;
  }

  async start(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'longline-plain-'));
    const port = String(await freePort());
    this.#url = `http://127.0.0.1:${port}`;
    if (this.#isLocked) this.#token = /ll_[\w-]+/.exec((await this.run('longline init --data data')).stdout)?.[0] ?? '';
    const args = ['server', '--port', port, '--json', '--data', join(this.#folder, 'data')];
    const server = startLongline(args);
    this.started.push(server);
    await server.waitFor((peer) => peer.stdout.includes(this.#url), START_MS);
  }

  /** Starts a command of the page as it is written, but for the server's address and where the examples are. */
  begin(documented: string): PeerProcess {
    const script = documented
      .replace(/^node /, `${process.execPath} `)
      .replace(/\blongline /g, `${main} `)
      .replace('python3 ', '/usr/bin/python3 -u ')
      .replace('examples/', `${root}/examples/`)
      .replaceAll(/(ws|wss):\/\/(localhost:8080|fleet\.example\.com)/g, this.#url.replace('http', 'ws'));
    const env = { LONGLINE_SERVER: this.#url, LONGLINE_TOKEN: this.#token, XDG_CONFIG_HOME: this.#folder };
    const peer = new PeerProcess('/bin/bash', ['-c', `cd '${this.#folder}'\n${script}`], env);
    this.started.push(peer);
    return peer;
  }

  /** Runs one to its end. Rejects where it failed. */
  async run(documented: string): Promise<PeerProcess> {
    const peer = this.begin(documented);
    const code = await peer.exited;
    if (code !== 0) throw new Error(`${documented}: exit code ${String(code)}\n${peer.stdout}\n${peer.stderr}`);
    return peer;
  }

  /** Waits until a device publishes. */
  async isThere(device: string): Promise<void> {
    await waitFor(
      async () => {
        const response = await fetch(`${this.#url}/api/v1/devices/${device}/latest?topic=/temperature`, {
          headers: { authorization: `Bearer ${this.#token}` },
        });
        return response.status === 200;
      },
      { timeoutMs: START_MS, what: `${device} publishes` },
    );
  }

  async isOnline(device: string): Promise<boolean> {
    const { stdout } = await this.run('longline devices --json');
    const devices = JSON.parse(stdout) as { device: string; online: boolean }[];
    return devices.find((each) => each.device === device)?.online === true;
  }

  async stop(): Promise<void> {
    await Promise.all(this.started.map((peer) => peer.stop()));
    await rm(this.#folder, { recursive: true, force: true });
  }
}

describeWithPeer('python3-websockets', 'a plain device', () => {
  describe('on an unlocked server', () => {
    const setUp = new PlainSetUp(false);
    let python: PeerProcess;
    beforeAll(() => setUp.start(), 2 * START_MS);
    afterAll(() => setUp.stop());

    it.each(under('Try it').filter((command) => command !== 'longline server'))(
      '$0',
      { timeout: TEST_MS },
      async (command) => {
        if (!command.includes('examples/')) {
          const { stdout } = await setUp.run(command);
          if (command.includes('echo')) expect(stdout).toMatch(/^data: [12]\d\./m);
          if (command.includes('/lamp'))
            expect(stdout).toContain(`the lamp is ${command.includes('true') ? 'on' : 'off'}`);
          return;
        }
        const device = setUp.begin(command);
        if (command.includes('.py')) python = device;
        await setUp.isThere(command.includes('.py') ? 'greenhouse-1' : 'greenhouse-2');
      },
    );

    it('the text has come to the device, which was refused nothing', async () => {
      await python.waitFor(({ stdout }) => stdout.includes('display: water me'), START_MS);
      expect(python.stderr).toBe('');
    });

    it('a device whose program ended is offline at once', { timeout: TEST_MS }, async () => {
      await python.stop();
      await waitFor(async () => !(await setUp.isOnline('greenhouse-1')), { timeoutMs: TEST_MS, what: 'it is offline' });
    });

    it('motion is refused, unless the device was registered for it', { timeout: TEST_MS }, async () => {
      const pub = setUp.begin(
        "longline topic pub greenhouse-2 /cmd_vel geometry_msgs/Twist '{linear: {x: 1}}' --lease",
      );
      expect(await pub.exited).toBe(1);
      expect(pub.stderr).toMatch(/^UNGUARDED_MOTION: .*longline device add greenhouse-2 --plain --unguarded/);
      for (const command of under('Motion')) expect((await setUp.run(command)).stderr).toContain('no deadman');
    });
  });

  describe('on a locked server', () => {
    const setUp = new PlainSetUp(true);
    let device: PeerProcess;
    beforeAll(() => setUp.start(), 2 * START_MS);
    afterAll(() => setUp.stop());

    it('without a token it is told how to get one', { timeout: TEST_MS }, async () => {
      const stranger = setUp.begin(
        'python3 examples/plain-device.py ws://localhost:8080/api/v1/devices/greenhouse-1/connect',
      );
      await stranger.waitFor(({ stderr }) => stderr.includes('HTTP 401'), START_MS);
      await stranger.stop();
    });

    it.each(under('On a locked server'))('$0', { timeout: TEST_MS }, async (command) => {
      if (command.includes('examples/')) {
        device = setUp.begin(command);
        await setUp.isThere('greenhouse-1');
        return;
      }
      const { stdout } = await setUp.run(command);
      if (command.endsWith(' ls')) expect(stdout).toMatch(/greenhouse-1 .*online.*plain device/);
    });

    it('a device whose token was exchanged or revoked has lost its connection, and is not let in again', async () => {
      await device.waitFor(({ stderr }) => stderr.includes('ACCESS_REVOKED') && stderr.includes('HTTP 401'), START_MS);
    });
  });
});
