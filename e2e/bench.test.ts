import { join } from 'node:path';
import { describeWithPeer } from '@longline/testing';
import { expect, it } from 'vitest';
import { z } from 'zod';
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
