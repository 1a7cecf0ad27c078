import { codecFor } from '@longline/ros';
import type { ServiceHandler } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { FakeRosbridge } from './FakeRosbridge.fixture.ts';
import type { ClientOp } from './FakeRosbridge.fixture.ts';
import { openRosbridge } from './openRosbridge.ts';

const advertisement = { service: '/far/lights', type: 'std_srvs/srv/SetBool' };
const typedef = (fields: readonly (readonly [string, string])[]) => ({
  typedefs: [
    {
      type: 'std_srvs/SetBool',
      fieldnames: fields.map(([name]) => name),
      fieldtypes: fields.map(([, type]) => type),
      fieldarraylen: fields.map(() => -1),
    },
  ],
});

/** A ROS 1 server that knows std_srvs/SetBool, and lists what clients provide. */
async function openWorld() {
  const clock = new FakeClock();
  const server = new FakeRosbridge();
  const services = new Set(['/robot/lights']);
  const silent = new Set<string>();
  server.services.set('/rosapi/topics', () => ({ topics: ['/rosout'], types: ['rosgraph_msgs/Log'] }));
  server.services.set('/rosapi/services', () => ({ services: [...services] }));
  server.services.set('/rosapi/get_time', () => ({ time: { secs: 1, nsecs: 2 } }));
  server.services.set('/rosapi/service_request_details', () => typedef([['data', 'bool']]));
  server.services.set('/rosapi/service_response_details', () =>
    typedef([
      ['success', 'bool'],
      ['message', 'string'],
    ]),
  );
  server.handleOp = ({ op, service }) => {
    if (op === 'advertise_service' && !silent.has(String(service))) services.add(String(service));
    if (op === 'unadvertise_service') services.delete(String(service));
  };
  const graph = openRosbridge({ url: 'ws://robot:9090', clock, openSocket: server.open, random: () => 0 });
  onTestFinished(() => graph.close());
  await clock.advance(0);
  return { clock, server, services, silent, graph };
}

const responses = (server: FakeRosbridge): ClientOp[] => server.received.filter(({ op }) => op === 'service_response');
const advertised = (server: FakeRosbridge): ClientOp[] =>
  server.received.filter(({ op }) => op === 'advertise_service');

const answer: ServiceHandler = (request, { schema }) => {
  const { data } = codecFor(schema.request, 'ros1').decode(request);
  if (data !== true) return Promise.reject(new Error('no power'));
  return Promise.resolve(codecFor(schema.response, 'ros1').encode({ success: true, message: 'lit' }));
};

test('a provided service answers the calls that the server brings, and says why it does not', async () => {
  const { clock, graph, server } = await openWorld();
  const provided = await graph.advertiseService(advertisement, answer);
  expect(provided.schema.name).toBe('std_srvs/SetBool');
  expect(advertised(server)).toEqual([{ op: 'advertise_service', service: '/far/lights', type: 'std_srvs/SetBool' }]);
  server.callClient('/far/lights', 'a', { data: true });
  server.callClient('/far/lights', 'b', { data: false });
  server.callClient('/far/lights', 'c', { dta: true });
  await clock.advance(0);
  const common = { op: 'service_response', service: '/far/lights' };
  expect(responses(server)).toContainEqual({
    ...common,
    id: 'a',
    values: { success: true, message: 'lit' },
    result: true,
  });
  expect(responses(server)).toContainEqual({ ...common, id: 'b', values: 'no power', result: false });
  expect(responses(server).find(({ id }) => id === 'c')).toMatchObject({ result: false });
  provided.close();
  provided.close();
  await clock.advance(0);
  expect(server.received.filter(({ op }) => op === 'unadvertise_service')).toHaveLength(1);
  server.callClient('/far/lights', 'd', { data: true });
  await clock.advance(0);
  expect(responses(server).at(-1)).toMatchObject({ id: 'd', result: false });
});

test('it is advertised again in a new session, and whoever was answering is told that nobody waits', async () => {
  const { clock, graph, server } = await openWorld();
  let signal: AbortSignal | undefined;
  await graph.advertiseService(advertisement, (_request, context) => {
    signal = context.signal;
    return new Promise(() => undefined);
  });
  server.callClient('/far/lights', 'a', { data: true });
  await clock.advance(0);
  expect(signal?.aborted).toBe(false);
  server.crash();
  await clock.advance(5_000);
  expect(signal?.aborted).toBe(true);
  expect(advertised(server)).toHaveLength(2);
});

test('a name that is taken is refused, and so is one that the bridge never lists', async () => {
  const { clock, graph, server, silent } = await openWorld();
  const taken = { code: 'SERVICE_EXISTS' };
  await expect(graph.advertiseService({ ...advertisement, service: '/robot/lights' }, answer)).rejects.toMatchObject(
    taken,
  );
  await graph.advertiseService(advertisement, answer);
  await expect(graph.advertiseService(advertisement, answer)).rejects.toMatchObject(taken);
  silent.add('/hidden');
  const hidden = graph.advertiseService({ ...advertisement, service: '/hidden' }, answer, { deadlineMs: 1_000 });
  hidden.catch(() => undefined);
  await clock.advance(2_000);
  await expect(hidden).rejects.toMatchObject({ code: 'ROS_TIMEOUT' });
  expect(server.received.at(-1)).toEqual({ op: 'unadvertise_service', service: '/hidden' });
});
