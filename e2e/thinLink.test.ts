import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { missingForLink } from '../bench/netem/missingForLink.ts';
import { SERVER_ADDRESS, ThinLink } from '../bench/netem/ThinLink.ts';
import type { LinkSide } from '../bench/netem/ThinLink.ts';

const script = join(import.meta.dirname, 'udpPeer.ts');
const shape = { upBitsPerSecond: 2_000_000, downBitsPerSecond: 20_000_000, delayMs: 30, loss: 0, queueMs: 300 };
/** With the headers of IP and UDP a datagram of this length is a packet of 1,000 bytes. */
const DATAGRAM_BYTES = 972;
const PACKET_BYTES = 1_000;

const missing = missingForLink();
describe.skipIf(missing !== undefined)(
  `the link emulator${missing === undefined ? '' : ` [skipped: ${missing}]`}`,
  () => {
    let link: ThinLink;
    let echo: ChildProcess;

    const command = (side: LinkSide, ...args: string[]): [string, string[]] => {
      const [program, ...prefix] = link.commandPrefix(side);
      return [program, [...prefix, process.execPath, script, ...args]];
    };
    /** When each of so many datagrams came back. */
    const burst = async (count: number): Promise<number[]> => {
      const args = ['burst', SERVER_ADDRESS, String(count), String(DATAGRAM_BYTES)];
      const { stdout } = await promisify(execFile)(...command('robot', ...args));
      return z.array(z.number()).parse(JSON.parse(stdout));
    };

    beforeAll(async () => {
      link = await ThinLink.open(shape);
      echo = spawn(...command('server', 'echo', SERVER_ADDRESS), { stdio: ['ignore', 'pipe', 'inherit'] });
      if (echo.stdout !== null) await once(echo.stdout, 'data');
    });
    afterAll(() => {
      echo.kill('SIGKILL');
      link.close();
    });

    it('delays and spaces packets as its delay and its slower rate say', async () => {
      const before = await link.counters();
      const backMs = await burst(50);
      const { up, down } = await link.counters();
      expect(backMs).toHaveLength(50);
      const packetMs = (PACKET_BYTES * 8_000) / shape.upBitsPerSecond;
      expect(backMs[0]).toBeGreaterThanOrEqual(2 * shape.delayMs + packetMs);
      expect(backMs[49]).toBeGreaterThanOrEqual(2 * shape.delayMs + 50 * packetMs);
      expect(up.forwardedBytes - before.up.forwardedBytes).toBe(50 * PACKET_BYTES);
      expect(down.forwardedBytes - before.down.forwardedBytes).toBe(50 * PACKET_BYTES);
    });

    it('drops what does not fit into its queue', async () => {
      const before = await link.counters();
      // 300 ms of 2 Mbit/s are 75 packets; a few more leave while the burst is being sent.
      const back = await burst(100);
      expect(back.length).toBeGreaterThanOrEqual(75);
      expect(back.length).toBeLessThan(90);
      expect((await link.counters()).up.overflowPackets - before.up.overflowPackets).toBe(100 - back.length);
    });

    it('loses a share of the packets at random', async () => {
      await link.setShape({ ...shape, upBitsPerSecond: 20_000_000, loss: 0.2 });
      const before = await link.counters();
      const back = await burst(200);
      const { up, down } = await link.counters();
      const lost = up.lostPackets - before.up.lostPackets + down.lostPackets - before.down.lostPackets;
      expect(back).toHaveLength(200 - lost);
      expect(lost).toBeGreaterThan(30);
      expect(lost).toBeLessThan(120);
      await link.setShape(shape);
    });

    it('carries nothing while it is down, and everything afterwards', async () => {
      await link.down();
      expect(await burst(5)).toHaveLength(0);
      await link.up();
      expect(await burst(5)).toHaveLength(5);
    });

    it('gives the robot another address', async () => {
      link.changeRobotAddress('10.78.0.9');
      expect(await burst(5)).toHaveLength(5);
    });
  },
);
