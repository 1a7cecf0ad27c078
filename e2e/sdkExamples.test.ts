import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startAgent } from '@longline/agent';
import type { AgentConfigInput } from '@longline/agent';
import { codecFor, systemClock } from '@longline/ros';
import type { RosGraph, Schema } from '@longline/ros';
import { startServer } from '@longline/server';
import type { Server } from '@longline/server';
import { FakeGraph, waitFor } from '@longline/testing';
import type { PeerProcess } from '@longline/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { interrupt, START_MS, startNode } from './longline.ts';

const folder = join(import.meta.dirname, '..', 'examples', 'sdk');
const TEST_MS = 2 * START_MS;

async function openServer(port = 0): Promise<Server> {
  const server = await startServer({ port });
  onTestFinished(() => server.stop());
  return server;
}

async function addRobot(server: Server, config: Partial<AgentConfigInput>, graph?: RosGraph): Promise<void> {
  const { device = '1722' } = config;
  const complete = { robot: 'turtlesim:', ...config, device, server: server.url };
  const agent = await startAgent(complete, graph === undefined ? {} : { graph });
  onTestFinished(() => agent.stop());
  const topic = graph === undefined ? '/turtle1/pose' : '/battery_state';
  await waitFor(() =>
    server.fleet
      .device(complete.device)
      .channels()
      .some((channel) => channel.topic === topic),
  );
}

function run(name: string, ...args: string[]): PeerProcess {
  const example = startNode(join(folder, `${name}.ts`), args);
  onTestFinished(() => example.stop());
  return example;
}

const said = (example: PeerProcess, text: string): Promise<true> =>
  example.waitFor(({ stdout }) => stdout.includes(text) || undefined, START_MS);

/** What an example that ends by itself said. */
async function output(example: PeerProcess): Promise<string> {
  const code = await example.exited;
  expect({ code, err: example.stderr }).toEqual({ code: 0, err: '' });
  return example.stdout;
}

describe('the examples of the SDK', { timeout: TEST_MS }, () => {
  it('watch-fleet: tells robots and the connection, through a restart of the server', async () => {
    const server = await openServer();
    await addRobot(server, { device: '7' });
    const example = run('watch-fleet', server.url);
    await said(example, '7 online, ROS connected');
    await server.stop();
    await said(example, ': again in ');
    await openServer(Number(new URL(server.url).port));
    await example.waitFor(({ stdout }) => stdout.split('connected to ').length > 2, START_MS);
    const { code, out } = await interrupt(example);
    expect([code, out.trimEnd().split('\n').at(-1)]).toEqual([0, 'closed']);
  });

  it('read-topic: prints messages with their age until it is interrupted', async () => {
    const server = await openServer();
    await addRobot(server, {});
    const example = run('read-topic', server.url, '1722', '/turtle1/pose');
    await example.waitFor(({ stdout }) => /turtlesim\/Pose \{[^}]*\} \d+ ms old/.test(stdout) || undefined, START_MS);
    expect(await interrupt(example)).toMatchObject({ code: 0, err: '' });
  });

  it('latest-of-all: one line for each robot', async () => {
    const server = await openServer();
    for (const device of ['1', '2']) await addRobot(server, { device });
    await waitFor(() => ['1', '2'].every((device) => server.fleet.device(device).latest('/turtle1/pose')), {
      timeoutMs: START_MS,
    });
    const out = await output(run('latest-of-all', server.url));
    expect(out.match(/^\d \/turtle1\/pose/gm)).toEqual(['1 /turtle1/pose', '2 /turtle1/pose']);
  });

  it('battery-monitor: what is known first, then what becomes low, of every robot', async () => {
    const text = 'float32 voltage\nfloat32 percentage\n';
    const schema: Schema = { name: 'sensor_msgs/BatteryState', encoding: 'ros1msg', text };
    const server = await openServer();
    const robots = new Map<string, FakeGraph>();
    const setPercentage = (device: string, percentage: number): void =>
      robots.get(device)!.emit('/battery_state', codecFor(schema, 'ros1').encode({ voltage: 24, percentage }));
    for (const device of ['a', 'b']) {
      const graph = new FakeGraph(systemClock);
      graph.setTopic('/battery_state', schema);
      robots.set(device, graph);
      await addRobot(server, { device }, graph);
      await waitFor(() => graph.subscribed.includes('/battery_state'));
      setPercentage(device, 0.9);
      await waitFor(() => server.fleet.device(device).latest('/battery_state'));
    }
    const example = run('battery-monitor', server.url);
    await said(example, 'batteries: { a: 90, b: 90 }');
    setPercentage('b', 0.15);
    await said(example, 'b is low: 15 %');
    expect(await interrupt(example)).toMatchObject({ code: 0, err: '' });
  });

  it('commands: a publish, a call, a parameter, a command done once, and a refusal with its code', async () => {
    const server = await openServer();
    await addRobot(server, { allow: { publish: ['/note'], call: ['/clear', '/turtle1/*'], setParameters: ['/**'] } });
    expect((await output(run('commands', server.url))).trimEnd().split('\n')).toEqual([
      'pen: {}',
      'background: 120',
      'heard by: 0',
      'command: done and asked again: done',
      'NOT_ALLOWED',
    ]);
  });

  it('drive-circle: the turtle moves while the lease is held, and stands afterwards', async () => {
    const server = await openServer();
    await addRobot(server, { allow: { publish: ['/turtle1/cmd_vel'] } });
    const out = await output(run('drive-circle', server.url));
    expect(out).toMatch(/driven \{[^}]*theta: [123]\.\d+/);
    await waitFor(() => server.fleet.device('1722').latest('/turtle1/pose')?.message.value['linear_velocity'] === 0);
  });

  it('there is no other one', () => {
    const names = ['battery-monitor', 'commands', 'drive-circle', 'latest-of-all', 'read-topic', 'watch-fleet'];
    expect(readdirSync(folder)).toEqual(names.map((name) => `${name}.ts`));
  });
});
