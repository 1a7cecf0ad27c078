import { join } from 'node:path';
import { describeWithPeer, runRosProgram, waitFor } from '@longline/testing';
import type { PeerProcess } from '@longline/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DoorWorld } from './DoorWorld.ts';
import { START_MS, startNode } from './longline.ts';

const TEST_MS = 120_000;
const service = '/far/set_bool';

describeWithPeer('roscore', 'a service of a real ROS 1 robot that an SDK program far away provides', () => {
  let world: DoorWorld;

  const provide = (words: string): PeerProcess =>
    startNode(join(import.meta.dirname, 'serviceProvider.ts'), [world.server.url, DoorWorld.device, service, words]);
  const call = (value: boolean): Promise<string> =>
    runRosProgram(world.roscore, 'rosservice', ['call', service, String(value)]);
  const isListed = async (): Promise<boolean> =>
    (await runRosProgram(world.roscore, 'rosservice', ['list'])).includes(service);
  const says = (peer: PeerProcess, text: string): Promise<unknown> =>
    peer.waitFor(() => peer.stdout.includes(text), START_MS);

  beforeAll(async () => {
    world = await DoorWorld.start();
  }, TEST_MS);
  afterAll(() => world.stop());

  it(
    'answers rosservice on the robot, is refused to a second provider, and is gone when its provider is killed',
    async () => {
      const provider = provide('from afar');
      await says(provider, '"provided"');
      expect(await call(true)).toContain('message: "from afar"');
      await expect(call(false)).rejects.toThrow('only on');
      const second = provide('from another');
      await says(second, 'SERVICE_EXISTS');
      await second.stop();
      expect(await call(true)).toContain('from afar');
      await provider.stop();
      await waitFor(async () => !(await isListed()), { timeoutMs: 20_000 });
      await expect(call(true)).rejects.toThrow('is not available');
    },
    TEST_MS,
  );

  it(
    'is provided again after server and agent were killed and started again',
    async () => {
      const provider = provide('from afar');
      await says(provider, '"provided"');
      await world.server.kill();
      await waitFor(async () => !(await isListed()), { timeoutMs: 20_000 });
      await world.server.launch();
      await waitFor(isListed, { timeoutMs: 30_000 });
      expect(await call(true)).toContain('from afar');
      await world.agent.kill();
      await world.agent.launch();
      await waitFor(async () => (await call(true).catch(() => '')).includes('from afar'), { timeoutMs: 30_000 });
      await provider.stop();
    },
    TEST_MS,
  );
});
