import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reply } from '@longline/line';
import { FakeClock, FakeGraph, FakeLineServer } from '@longline/testing';
import { expect, test } from 'vitest';
import type { Agent } from './Agent.ts';
import { number, twist } from './AgentWorld.fixture.ts';
import { startAgent } from './startAgent.ts';

test('token, stop and executed commands survive a restart in the state folder', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'longline-state-'));
  const clock = new FakeClock();
  const server = new FakeLineServer(clock);
  /** The disk is real: it takes turns of the event loop, and no time of this clock that matters. */
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await clock.advance(1);
  };
  const start = async (): Promise<Agent> => {
    const graph = new FakeGraph(clock);
    graph.setTopic('/cmd_vel', twist);
    graph.setTopic('/count', number);
    const agent = await startAgent(
      { device: 'r', stateDir, allow: { publish: ['/**'] } },
      { clock, graph, dial: server.dial },
    );
    await until(() => agent.status.line.state === 'open');
    return agent;
  };
  const stop = async (agent: Agent): Promise<void> => {
    let isOver = false;
    void agent.stop().then(() => (isOver = true));
    await until(() => isOver);
  };
  const answered = async (replies: Reply[]): Promise<Reply> => {
    await until(() => replies.some(({ state }) => state !== 'received'));
    return replies.at(-1)!;
  };
  const count = { kind: 'publish', topic: '/count', encoding: 'json' } as const;
  try {
    const first = await start();
    await answered(server.line.request({ kind: 'lease.take', holdMs: 10_000 }, '', { token: 3 }));
    await answered(server.line.request({ kind: 'stop', outputs: '/cmd_vel' }, '', { issuer: 'ann' }));
    const before = await answered(server.line.request(count, '{"data":1}', { id: 'same' }));
    await stop(first);

    const second = await start();
    expect(server.line.hello?.highestToken).toBe(3);
    expect(second.status.robot.motion?.latches).toMatchObject([{ outputs: '/cmd_vel', by: 'ann' }]);
    const after = await answered(server.line.request(count, '{"data":1}', { id: 'same' }));
    expect(after).toEqual(before);
    expect(second.status.journal).toEqual({ state: 'kept' });
    await stop(second);
  } finally {
    await rm(stateDir, { recursive: true });
  }
});
