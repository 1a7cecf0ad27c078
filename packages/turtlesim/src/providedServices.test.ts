import { codecFor } from '@longline/ros';
import type { GraphSnapshot, ServiceHandler } from '@longline/ros';
import { FakeClock, waitFor } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { serviceDefinition } from './definitions.ts';
import { openTurtlesim } from './Turtlesim.ts';
import type { Turtlesim } from './Turtlesim.ts';

const { request, response } = serviceDefinition('std_srvs/SetBool');
const yes = codecFor(request, 'ros1').encode({ data: true });
const done = codecFor(response, 'ros1').encode({ success: true, message: 'lit' });

function open(): Turtlesim {
  const graph = openTurtlesim({ clock: new FakeClock() });
  onTestFinished(() => graph.close());
  return graph;
}

const provide = (graph: Turtlesim, handler: ServiceHandler) =>
  graph.advertiseService({ service: '/lights', type: 'std_srvs/srv/SetBool' }, handler);

test('a service that is provided is listed and called as any other, until it is closed', async () => {
  const graph = open();
  const snapshots: GraphSnapshot[] = [];
  graph.watch({ handleGraph: (snapshot) => void snapshots.push(snapshot) });
  const asked: Uint8Array[] = [];
  const provided = await provide(graph, (data) => {
    asked.push(data);
    return Promise.resolve(done);
  });
  expect(await graph.serviceSchema('/lights')).toBe(provided.schema);
  expect(await graph.callService({ service: '/lights', data: yes })).toEqual(done);
  expect(asked).toEqual([yes]);
  const listed = { name: '/lights', type: 'std_srvs/SetBool', providers: ['/longline'] };
  await waitFor(() => snapshots.at(-1)?.services.some(({ name }) => name === '/lights'));
  expect((await graph.snapshot()).services).toContainEqual(listed);
  provided.close();
  provided.close();
  await expect(graph.callService({ service: '/lights', data: yes })).rejects.toMatchObject({ code: 'SERVICE_UNKNOWN' });
  expect((await graph.snapshot()).services).not.toContainEqual(listed);
});

test("what the handler throws is the caller's failure, and so is a response that does not match, or its end", async () => {
  const graph = open();
  const refusing = await provide(graph, () => Promise.reject(new Error('no power')));
  await expect(graph.callService({ service: '/lights', data: yes })).rejects.toMatchObject({
    code: 'SERVICE_FAILED',
    message: 'no power',
  });
  refusing.close();
  const wrong = await provide(graph, () => Promise.resolve(new Uint8Array(1)));
  await expect(graph.callService({ service: '/lights', data: yes })).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
  wrong.close();
  let isAborted = false;
  const slow = await provide(graph, (_data, { signal }) => {
    signal.addEventListener('abort', () => (isAborted = true));
    return new Promise(() => undefined);
  });
  const call = graph.callService({ service: '/lights', data: yes });
  slow.close();
  await expect(call).rejects.toMatchObject({ code: 'SERVICE_FAILED' });
  expect(isAborted).toBe(true);
});

test('names that are taken and types that are unknown are refused', async () => {
  const graph = open();
  const handler: ServiceHandler = () => Promise.resolve(done);
  await provide(graph, handler);
  await expect(provide(graph, handler)).rejects.toMatchObject({ code: 'SERVICE_EXISTS' });
  await expect(graph.advertiseService({ service: '/reset', type: 'std_srvs/Empty' }, handler)).rejects.toMatchObject({
    code: 'SERVICE_EXISTS',
  });
  await expect(graph.advertiseService({ service: '/x', type: 'no/Such' }, handler)).rejects.toMatchObject({
    code: 'TYPE_UNKNOWN',
  });
});

test('a parameter that is deleted is unknown', async () => {
  const graph = open();
  await graph.setParameter('/speed', 2);
  await graph.deleteParameter('/speed');
  await expect(graph.getParameter('/speed')).rejects.toMatchObject({ code: 'PARAMETER_UNKNOWN' });
  await expect(graph.deleteParameter('/speed')).rejects.toMatchObject({ code: 'PARAMETER_UNKNOWN' });
});
