import { serviceSchema } from '@longline/ros';
import type { Action, Reply } from '@longline/line';
import { expect, test } from 'vitest';
import { AgentWorld, bytesOf, decode } from './AgentWorld.fixture.ts';
import type { AgentConfigInput } from './config/AgentConfig.ts';
import { MAX_AWAITED_CALLS } from './commands/AwaitedCalls.ts';
import { CALL_DEADLINE_MS, MAX_PROVIDED_SERVICES } from './commands/ProvidedServices.ts';

const setBool = serviceSchema(
  'std_srvs/SetBool',
  'bool data\n---\nbool success\nstring message',
  'ros1msg',
  () => undefined,
);
const service = '/far/lights';
const advertise = { kind: 'service.advertise', service, type: 'std_srvs/SetBool' } as const;
const unadvertise = { kind: 'service.unadvertise', service } as const;
const yes = bytesOf(setBool.request, { data: true });
const lit = bytesOf(setBool.response, { success: true, message: 'lit' });

async function open(config: AgentConfigInput = {}): Promise<AgentWorld> {
  const world = new AgentWorld({ allow: { provide: ['/far/**'], setParameters: ['/**'] }, ...config });
  world.graph.serviceSchemas.set('std_srvs/SetBool', setBool);
  return world.started();
}

async function ask(world: AgentWorld, action: Action, payload: string | Uint8Array = ''): Promise<Reply[]> {
  const replies = world.server.line.request(action, payload);
  await world.clock.advance(10);
  return replies;
}

/** What becomes of a call that a node of the robot makes. */
function call(world: AgentWorld): { outcome: unknown } {
  const told: { outcome: unknown } = { outcome: undefined };
  world.graph.callService({ service, data: yes }).then(
    (response) => (told.outcome = response),
    (error: unknown) => (told.outcome = error),
  );
  return told;
}

const respond = (number = 1, result = true): Action => ({ kind: 'service.respond', service, call: number, result });

test('a service that is provided answers nodes of the robot until it is unadvertised', async () => {
  const world = await open();
  const replies = await ask(world, advertise);
  expect(replies).toMatchObject([{ state: 'done', encoding: 'json' }]);
  expect(JSON.parse(decode(replies[0]?.payload))).toEqual(setBool);
  const first = call(world);
  await world.clock.advance(10);
  expect(replies[1]).toMatchObject({
    state: 'called',
    call: 1,
    deadlineMs: CALL_DEADLINE_MS,
    encoding: 'ros1',
    payload: yes,
  });
  expect(await ask(world, respond(), lit)).toMatchObject([{ state: 'done' }]);
  expect(first.outcome).toEqual(lit);
  const second = call(world);
  await world.clock.advance(10);
  expect(await ask(world, respond(2, false), 'no power')).toMatchObject([{ state: 'done' }]);
  expect(second.outcome).toMatchObject({ code: 'SERVICE_FAILED', message: 'no power' });
  const third = call(world);
  await world.clock.advance(10);
  expect(await ask(world, unadvertise)).toMatchObject([{ state: 'done' }]);
  expect(third.outcome).toMatchObject({ code: 'SERVICE_FAILED' });
  expect(replies.at(-1)).toMatchObject({ state: 'cancelled', code: 'SERVICE_ENDED' });
  expect(world.graph.services.size).toBe(0);
  expect(await ask(world, unadvertise)).toMatchObject([{ state: 'done' }]);
  expect(await ask(world, advertise)).toMatchObject([{ state: 'done' }]);
});

test('what the configuration does not name is not provided, nor what somebody else provides', async () => {
  const world = await open();
  expect(await ask(world, { ...advertise, service: '/brakes' })).toMatchObject([
    { state: 'rejected', code: 'NOT_ALLOWED', message: expect.stringContaining('"allow: provide:"') as string },
  ]);
  expect(await ask(await open({ allow: {} }), advertise)).toMatchObject([{ state: 'rejected', code: 'NOT_ALLOWED' }]);
  const unknown = await ask(world, { ...advertise, type: 'no_srvs/Such' });
  expect(unknown).toMatchObject([{ state: 'rejected', code: 'TYPE_UNKNOWN' }]);
  world.graph.services.set(service, { schema: setBool, handle: () => Promise.resolve(lit) });
  expect(await ask(world, advertise)).toMatchObject([{ state: 'rejected', code: 'SERVICE_EXISTS' }]);
  world.graph.services.clear();
  expect(await ask(world, advertise)).toMatchObject([{ state: 'done' }]);
  expect(await ask(world, advertise)).toMatchObject([{ state: 'rejected', code: 'SERVICE_EXISTS' }]);
});

test('a call that is not answered in time fails, and its late answer is refused; so is one that does not match', async () => {
  const world = await open();
  await ask(world, advertise);
  const slow = call(world);
  await world.clock.advance(CALL_DEADLINE_MS + 1);
  expect(slow.outcome).toMatchObject({ code: 'ROS_TIMEOUT' });
  expect(await ask(world, respond(), lit)).toMatchObject([{ state: 'rejected', code: 'CALL_ENDED' }]);
  const wrong = call(world);
  await world.clock.advance(10);
  expect(await ask(world, respond(2), new Uint8Array(2))).toMatchObject([
    { state: 'rejected', code: 'MESSAGE_INVALID' },
  ]);
  expect(wrong.outcome).toMatchObject({ code: 'SERVICE_FAILED' });
  expect(await ask(world, respond(2), lit)).toMatchObject([{ state: 'rejected', code: 'CALL_ENDED' }]);
});

test('what is provided ends with the line, and its calls fail at once', async () => {
  const world = await open();
  await ask(world, advertise);
  const waiting = call(world);
  world.server.kill();
  await world.clock.advance(1);
  expect(waiting.outcome).toMatchObject({ code: 'SERVICE_FAILED' });
  expect(world.graph.services.size).toBe(0);
  world.server.isUp = true;
  await world.clock.advance(10_000);
  expect(world.graph.services.size).toBe(0);
  expect(await ask(world, advertise)).toMatchObject([{ state: 'done' }]);
});

test('one that is unadvertised, or whose line ends, while ROS is being told is not provided', async () => {
  const world = await open();
  const known = Promise.withResolvers<undefined>();
  const provide = world.graph.advertiseService.bind(world.graph);
  world.graph.advertiseService = async (...args) => {
    await known.promise;
    return provide(...args);
  };
  const replies = await ask(world, advertise);
  expect(await ask(world, unadvertise)).toMatchObject([{ state: 'done' }]);
  known.resolve(undefined);
  await world.clock.advance(100);
  expect(replies.at(-1)).toMatchObject({ state: 'rejected', code: 'SERVICE_ENDED' });
  expect(world.graph.services.size).toBe(0);
});

test('services and calls are bounded', async () => {
  const world = await open();
  for (let count = 1; count < MAX_PROVIDED_SERVICES; count++)
    await ask(world, { ...advertise, service: `/far/s${count}` });
  const replies = await ask(world, advertise);
  expect(await ask(world, { ...advertise, service: '/far/more' })).toMatchObject([
    { state: 'rejected', code: 'SERVICE_LIMIT' },
  ]);
  const calls = Array.from({ length: MAX_AWAITED_CALLS + 1 }, () => call(world));
  await world.clock.advance(10);
  expect(replies.filter(({ state }) => state === 'called')).toHaveLength(MAX_AWAITED_CALLS);
  expect(calls.map(({ outcome }) => outcome).filter((outcome) => outcome !== undefined)).toMatchObject([
    { code: 'SERVICE_LIMIT' },
  ]);
});

test('a parameter is deleted where it may be set, with all below it, but never one that moves the robot', async () => {
  const world = await open({
    allow: { setParameters: ['/tree', '/speed'] },
    motion: { outputs: [{ parameter: '/speed' }] },
  });
  const remove = (name: string): Promise<Reply[]> => ask(world, { kind: 'parameter.delete', name });
  world.graph.parameters.set('/tree', { a: 1 });
  world.graph.parameters.set('/speed', 1);
  expect(await remove('/tree')).toMatchObject([{ state: 'done' }]);
  expect(await remove('/tree')).toMatchObject([{ state: 'rejected', code: 'PARAMETER_UNKNOWN' }]);
  expect(await remove('/other')).toMatchObject([{ state: 'rejected', code: 'NOT_ALLOWED' }]);
  expect(await remove('/speed')).toMatchObject([{ state: 'rejected', code: 'NOT_SUPPORTED' }]);
  expect([...world.graph.parameters.keys()]).toEqual(['/speed']);
});
