import { codecFor } from '@longline/ros';
import type { Message, RosGraph } from '@longline/ros';
import { waitFor } from '@longline/testing';
import { openTurtlesim } from '@longline/turtlesim';
import { afterEach, expect, test } from 'vitest';
import type { ServedDoor } from '../door/serveDoor.ts';
import { serveFoxglove } from '../serveFoxglove.ts';
import { openFoxglove } from './openFoxglove.ts';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** A turtle, and the same turtle seen through our own door. */
async function twoTurtles(): Promise<{ near: RosGraph; far: RosGraph; door: ServedDoor }> {
  const near = openTurtlesim();
  open.push(() => near.close());
  const door = await serveFoxglove(near, { port: 0 });
  open.push(() => door.close());
  const far = openFoxglove({ url: door.url });
  open.push(() => far.close());
  const { services } = await near.snapshot();
  await waitFor(async () => (await far.snapshot()).services.length >= services.length);
  return { near, far, door };
}

test('the turtle has the same topics, services, types, nodes and parameters through the Foxglove door', async () => {
  const { near, far } = await twoTurtles();
  const here = await near.snapshot();
  await waitFor(async () => {
    const there = await far.snapshot();
    expect(there.rosVersion).toBe(here.rosVersion);
    expect(there.services.map(({ name, type }) => [name, type])).toEqual(
      here.services.map(({ name, type }) => [name, type]).toSorted(),
    );
    for (const topic of here.topics.filter(({ type }) => type !== '')) {
      const { name, type, publishers, subscribers } = topic;
      expect(there.topics.find((other) => other.name === name)).toEqual({ name, type, publishers, subscribers });
    }
    return true;
  });
  for (const { type } of here.topics) expect(await far.messageSchema(type)).toEqual(await near.messageSchema(type));
  for (const { name } of here.services) expect(await far.serviceSchema(name)).toEqual(await near.serviceSchema(name));
  expect(await far.listParameters()).toEqual(await near.listParameters());
  for (const name of await near.listParameters())
    expect(await far.getParameter(name)).toEqual(await near.getParameter(name));
});

test('the turtle drives, answers and takes parameters through the Foxglove door', async () => {
  const { near, far } = await twoTurtles();
  const [here, there]: Message[][] = [[], []];
  await near.subscribe({ topic: '/turtle1/pose' }, { handleMessage: (message) => here?.push(message) });
  await far.subscribe({ topic: '/turtle1/pose' }, { handleMessage: (message) => there?.push(message) });
  await waitFor(() => (there?.length ?? 0) > 3);
  const first = there?.[0];
  const same = here?.find(({ logTime }) => logTime === first?.logTime);
  expect(first?.data).toEqual(same?.data);
  expect(first?.channel.schema).toEqual(same?.channel.schema);
  const publisher = await far.advertise({ topic: '/turtle1/cmd_vel', type: 'geometry_msgs/Twist' });
  const data = codecFor(publisher.schema, publisher.encoding).encode({ linear: { x: 2 } });
  expect((await publisher.publish(data)).subscribers).toBeGreaterThan(0);
  await waitFor(() => there?.some(({ value }) => Number(value['linear_velocity']) > 0));
  const { request } = await far.serviceSchema('/turtle1/teleport_absolute');
  const goal = codecFor(request, publisher.encoding).encode({ x: 1, y: 2, theta: 0 });
  await far.callService({ service: '/turtle1/teleport_absolute', data: goal });
  await waitFor(() => there?.some(({ value }) => Number(value['y']) === 2));
  await far.setParameter('/turtlesim/background_r', 7);
  expect(await near.getParameter('/turtlesim/background_r')).toBe(7);
  await far.deleteParameter('/turtlesim/background_r');
  await expect(near.getParameter('/turtlesim/background_r')).rejects.toMatchObject({ code: 'PARAMETER_UNKNOWN' });
  await expect(far.callService({ service: '/kill', data: new Uint8Array([1, 0, 0, 0, 0x78]) })).rejects.toMatchObject({
    code: 'SERVICE_FAILED',
  });
});
