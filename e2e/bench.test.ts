import { join } from 'node:path';
import { describeWithPeer } from '@longline/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { missingForLink } from '../bench/netem/missingForLink.ts';
import { startNode } from './longline.ts';

const relaySummary = z.object({
  bench: z.literal('relay'),
  systems: z.record(
    z.enum(['ws', 'nats', 'longline']),
    z.object({ floodPerSecond: z.number().positive(), floodLost: z.number(), serverCpuUsPerMessage: z.number() }),
  ),
  ratios: z.object({ floodVsWs: z.number().positive(), floodVsNats: z.number().positive() }).loose(),
  paced: z.object({ batchDelayMs: z.number(), addedP99Ms: z.number() }).loose(),
  serverCpuUsPerMessage: z.number(),
});

describeWithPeer('nats-server', 'the relay bench', () => {
  it('runs to its end and prints its summary as the last line', { timeout: 120_000 }, async () => {
    const bench = join(import.meta.dirname, '..', 'bench', 'relay.ts');
    const peer = startNode(bench, ['--json', '--seconds', '1', '--robots', '10']);
    expect(await peer.exited).toBe(0);
    const { systems } = relaySummary.parse(JSON.parse(peer.stdout.trim().split('\n').at(-1) ?? ''));
    expect(systems.longline.floodLost).toBe(0);
    await peer.stop();
  });
});

const linkFigures = z.object({
  odometry: z.object({ p99Ms: z.number().positive(), share: z.number() }).loose(),
  images: z.object({ p99Ms: z.number().positive(), perSecond: z.number() }).loose(),
  commands: z.object({ p99Ms: z.number().positive(), share: z.number() }).loose(),
  outage: z.object({ freshAfterMs: z.number().nullable(), staleOldestMs: z.number().nullable() }).loose(),
  linkUse: z.number().positive(),
});
const thinLinkSummary = linkFigures.extend({
  bench: z.literal('thin-link'),
  peers: z.object({ ws: linkFigures }),
});

const missingLink = missingForLink();
describe.skipIf(missingLink !== undefined)(
  `the thin-link bench${missingLink === undefined ? '' : ` [skipped: ${missingLink}]`}`,
  () => {
    it('measures Longline and bare ws over an emulated link, an outage included', { timeout: 120_000 }, async () => {
      const bench = join(import.meta.dirname, '..', 'bench', 'thin-link.ts');
      const peer = startNode(bench, ['--json', '--seconds', '2', '--outage', '1', '--recovery', '2']);
      expect(await peer.exited).toBe(0);
      const { commands, odometry, outage } = thinLinkSummary.parse(
        JSON.parse(peer.stdout.trim().split('\n').at(-1) ?? ''),
      );
      expect(odometry.share).toBeGreaterThan(0.5);
      expect(commands.share).toBeGreaterThan(0.5);
      // One that was on its way when the link came back may be in time.
      expect(outage.staleOldestMs ?? 0).toBeLessThan(300);
      await peer.stop();
    });
  },
);

const doorsSummary = z.object({
  bench: z.literal('doors'),
  json: z.object({ messagesPerSecond: z.number().positive() }).loose(),
  image1MB: z.object({ perSecond: z.number().positive(), cborPerSecond: z.number().positive() }).loose(),
  readers50: z.object({ messages: z.number().positive(), received: z.number(), transcodings: z.number() }).loose(),
  stalledReader: z.object({ othersP99Ratio: z.number().positive(), serverGrowthMB: z.number() }),
});

describe('the doors bench', () => {
  it(
    'measures a rosbridge door, whose messages are transcoded once for fifty readers',
    { timeout: 120_000 },
    async () => {
      const bench = join(import.meta.dirname, '..', 'bench', 'doors.ts');
      const peer = startNode(bench, ['--json', '--seconds', '0.5', '--turns', '1']);
      expect(await peer.exited, peer.stderr).toBe(0);
      const { readers50 } = doorsSummary.parse(JSON.parse(peer.stdout.trim().split('\n').at(-1) ?? ''));
      expect(readers50.transcodings).toBe(readers50.messages);
      expect(readers50.received).toBe(50 * readers50.messages);
      await peer.stop();
    },
  );
});
