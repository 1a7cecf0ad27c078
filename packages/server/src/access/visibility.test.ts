import { expect, test } from 'vitest';
import { Fleet } from '../fleet/Fleet.ts';
import type { FakeRobotLine } from '../testing/FakeRobotLine.ts';
import { int64Schema } from '../testing/schemas.ts';
import { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import { localAdministrator } from './Principal.ts';
import type { Principal } from './Principal.ts';
import { somebody } from './principal.fixture.ts';
import { visibleAudit } from './visibleAudit.ts';
import { Audit } from '../store/Audit.ts';
import { MemoryCommandStore } from '../store/MemoryCommandStore.ts';

/** A server with two robots, and its fleet as one sees it. */
function setUp(principal: Principal): { rooms: ServerRooms; line: FakeRobotLine; fleet: Fleet; whole: Fleet } {
  const rooms = new ServerRooms();
  const line = rooms.connect('r1');
  rooms.connect('r2');
  const { commands, requests, standing, clock } = rooms;
  const handleFault = (): void => undefined;
  const whole = new Fleet({ fleet: rooms.fleet, commands, requests, standing, clock, handleFault }, localAdministrator);
  return { rooms, line, whole, fleet: whole.as(principal) };
}

const limited = somebody('operator', { devices: ['r1'], read: ['/odom', '/arm'], write: ['/lights/*'] });

test('graph, services and parameters are answered without the names that one may neither read nor write', async () => {
  const { line, fleet } = setUp(limited);
  const topic = (name: string): object => ({ name, type: 'p/T', publishers: ['/n'], subscribers: [] });
  const service = (name: string): object => ({ name, type: 'p/S', providers: [] });
  const graph = fleet.device('r1').snapshot();
  line.answer({
    json: JSON.stringify({
      rosVersion: 1,
      topics: [topic('/odom'), topic('/secret'), topic('/lights/front')],
      services: [service('/lights/on'), service('/reboot')],
    }),
  });
  expect(await graph).toEqual({
    rosVersion: 1,
    topics: [topic('/odom'), topic('/lights/front')],
    services: [service('/lights/on')],
  });
  const parameters = fleet.device('r1').listParameters();
  line.answer({ json: '{"names":["/odom","/secret","/arm/speed","/arm"]}' });
  expect(await parameters).toEqual(['/odom', '/arm']);
});

test('a parameter that turns out to be a tree is shown only to who may read all of it', async () => {
  const { line, fleet } = setUp(limited);
  const value = fleet.device('r1').getParameter('/odom');
  line.answer({ json: '5' });
  expect(await value).toBe(5);
  const tree = fleet.device('r1').getParameter('/arm');
  line.answer({ json: '{"secret":5}' });
  await expect(tree).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('an answer that cannot be read is not passed on to who may not see all', async () => {
  const { line, fleet, whole } = setUp(limited);
  const request = (of: Fleet): Promise<string> => of.device('r1').listParameters().then(String, String);
  const refused = request(fleet);
  line.answer({ json: '{"names":["/odom"],"names2":' });
  expect(await refused).toContain('cannot be read');
  const passed = request(whole);
  line.answer({ json: '{"names":["/odom","/secret"]}' });
  expect(await passed).toBe('/odom,/secret');
});

test('commands on what one may neither read nor write are not listed, found, watched or taken back', async () => {
  const { line, fleet, whole } = setUp(limited);
  const seen: string[] = [];
  const leave = new AbortController();
  const watching = (async () => {
    for await (const { target } of fleet.device('r1').watchCommands({ signal: leave.signal })) seen.push(target);
  })();
  for (const [id, topic] of [
    ['a', '/lights/front'],
    ['b', '/secret'],
    ['c', '/odom'],
  ] as const) {
    await whole.device('r1').command({ kind: 'publish', topic, message: {} }, { id, waitFor: 'accepted' });
    line.answer({ json: '{}' });
  }
  await whole.device('r2').command({ kind: 'publish', topic: '/odom', message: {} }, { id: 'd', waitFor: 'accepted' });
  const device = fleet.device('r1');
  expect(device.commands().map(({ id }) => id)).toEqual(['c', 'a']);
  expect(device.commands({ limit: 1 }).map(({ id }) => id)).toEqual(['c']);
  expect([device.findCommand('a')?.target, device.findCommand('b')]).toEqual(['/lights/front', undefined]);
  expect(() => device.cancelCommand('b')).toThrow('has no command b here');
  expect(() => device.cancelCommand('c')).toThrow('/odom is not among what it may write');
  expect([fleet.device('r2').commands(), fleet.device('r2').findCommand('d')]).toEqual([[], undefined]);
  leave.abort();
  await watching;
  expect(new Set(seen)).toEqual(new Set(['/lights/front', '/odom']));
});

test('a fleet is no more than the devices that are seen: listed, known, stopped and commanded', async () => {
  const { rooms, line, fleet } = setUp(limited);
  expect(fleet.devices().map(({ id }) => id)).toEqual(['r1']);
  expect(() => fleet.known('r2')).toThrow('No device r2 has ever connected');
  expect([fleet.device('r2').info, fleet.device('r2').line, fleet.device('r2').online]).toEqual([
    undefined,
    undefined,
    false,
  ]);
  const stopping = fleet.stop('*');
  expect(rooms.audit.map(({ what, device }) => [what, device])).toEqual([['stop', 'r1']]);
  line.answer({ json: '{"outputs":[]}' });
  expect((await stopping).map(({ device }) => device)).toEqual(['r1']);
  expect(await fleet.stop('r2')).toMatchObject([{ device: 'r2', state: 'refused', code: 'DEVICE_UNKNOWN' }]);
  rooms.disconnect('r1');
  expect(await fleet.setStanding({ topic: '/odom', rateHz: 1, holdMs: 1_000, message: {} })).toEqual([]);
});

test('what is refused for want of rights stands in the audit, and nothing of it reaches the robot', async () => {
  const { rooms, line, fleet } = setUp(limited);
  await expect(fleet.device('r1').command({ kind: 'publish', topic: '/odom', message: {} })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await expect(fleet.device('r2').takeLease()).rejects.toMatchObject({ code: 'DEVICE_UNKNOWN' });
  expect(rooms.audit).toMatchObject([
    { what: 'refused', principal: 'a operator', device: 'r1', target: '/odom', code: 'FORBIDDEN' },
    { what: 'refused', principal: 'a operator', device: 'r2', target: 'lease.take', code: 'DEVICE_UNKNOWN' },
  ]);
  expect(line.asked).toEqual([]);
});

test('a reader in process hears nothing of topics and devices that it may not read', async () => {
  const { rooms, fleet } = setUp(limited);
  const heard: string[] = [];
  const listener = {
    handleChannel: ({ topic }: { topic: string }) => heard.push(topic),
    handleMessage: () => undefined,
  };
  for (const id of ['r1', 'r2'])
    for (const topic of ['/odom', '/secret']) await fleet.device(id).subscribe({ topic }, listener);
  const described = {
    schema: int64Schema,
    encoding: 'ros1',
    latched: false,
    lane: 'state',
    delivery: 'latest',
  } as const;
  for (const id of ['r1', 'r2'])
    for (const topic of ['/odom', '/secret'])
      rooms.fleet.advertise(rooms.fleet.device(id)!, { id: topic.length, topic, ...described });
  await rooms.clock.advance(0);
  expect(new Set(heard)).toEqual(new Set(['/odom']));
  expect([fleet.device('r1').latest('/secret'), fleet.device('r1').channels().length]).toEqual([undefined, 1]);
});

test('an administrator of some devices reads of those alone in the audit', () => {
  const { rooms } = setUp(limited);
  const audit = new Audit(new MemoryCommandStore(rooms.limits), rooms.clock);
  for (let i = 0; i < 2_500; i++)
    audit.record({ what: 'stop', principal: 'ann', device: `r${i % 2}`, ...(i % 5 === 0 ? { code: 'X' } : {}) });
  audit.record({ what: 'refused', principal: 'eve' });
  const devicesOf = (principal: Principal, limit: number): (string | undefined)[] =>
    Array.from(visibleAudit(audit, principal, {}, limit), ({ device }) => device);
  expect(devicesOf(localAdministrator, 3)).toEqual([undefined, 'r1', 'r0']);
  expect(devicesOf(somebody('admin', { devices: ['r1'] }), 3)).toEqual(['r1', 'r1', 'r1']);
  expect(devicesOf(somebody('admin', { devices: ['r1'] }), Number.POSITIVE_INFINITY)).toHaveLength(1_250);
  expect(devicesOf(somebody('admin', { devices: ['r9'] }), 3)).toEqual([]);
});
