import { expect, test } from 'vitest';
import { MemoryStopStore } from '../seams/MemoryStopStore.ts';
import type { FakeRobotLine } from '../testing/FakeRobotLine.ts';
import { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import { Operator, words } from './Operator.fixture.ts';
import { MAX_STOPS_PER_DEVICE, MAX_WAITING_STOPS, StopList } from './StopList.ts';

const stops = (line: FakeRobotLine): (string | undefined)[] =>
  line.asked.flatMap(({ request: { action } }) => (action.kind === 'stop' ? [action.outputs ?? 'all'] : []));

const waits = (rooms: ServerRooms): boolean => rooms.fleet.device('r1')?.record().stopWaits ?? false;

test('everybody may stop, whoever holds the lease, and hears the robot’s answer', () => {
  const rooms = new ServerRooms();
  const line = rooms.connect();
  new Operator(rooms, 'ann').take();
  line.answer({});
  const replies = new Operator(rooms, 'bob').ask({ kind: 'stop', outputs: '/cmd_vel' }, { token: 99 });
  expect(line.asked.at(-1)?.request).toMatchObject({ issuer: 'bob', token: 0, action: { outputs: '/cmd_vel' } });
  line.answer({ json: '{"outputs":[]}' });
  expect(words(replies)).toEqual(['done {"outputs":[]}']);
  expect(rooms.motion.stops.size).toBe(0);
  expect(rooms.motion.leases.holding('r1')?.identity.principal.name).toBe('ann');
  expect(rooms.audit.filter(({ what }) => what === 'stop')).toMatchObject([
    { principal: 'bob', target: '/cmd_vel', outcome: 'accepted' },
    { principal: 'bob', target: '/cmd_vel', outcome: 'done' },
  ]);
});

test('a stop for a robot that is away is answered at once, kept, and the first that the next line brings', () => {
  const rooms = new ServerRooms();
  rooms.connect();
  const ann = new Operator(rooms, 'ann');
  ann.ask({ kind: 'standing.set', topic: '/light', encoding: 'json', rateHz: 1, holdMs: 60_000 });
  rooms.disconnect();
  expect(words(ann.ask({ kind: 'stop' }))).toEqual(['unknown STOP_WAITS']);
  expect(waits(rooms)).toBe(true);
  const line = rooms.connect();
  expect(line.asked[0]?.request).toMatchObject({ issuer: 'ann', action: { kind: 'stop' } });
  expect(waits(rooms)).toBe(false);
  line.answer({}, 0);
  expect(rooms.motion.stops.size).toBe(0);
  rooms.disconnect();
  expect(stops(rooms.connect())).toEqual([]);
});

test('a stop whose line ends before the answer is sent again with the next', () => {
  const rooms = new ServerRooms();
  const line = rooms.connect();
  const replies = new Operator(rooms, 'ann').ask({ kind: 'stop' });
  rooms.disconnect();
  line.answer({ state: 'unknown', code: 'LINE_CLOSED', message: 'cut' });
  expect(words(replies)).toEqual(['unknown STOP_WAITS']);
  expect(waits(rooms)).toBe(true);
  expect(stops(rooms.connect())).toEqual(['all']);
});

test('a robot that is there and does not confirm is told again until it does', async () => {
  const rooms = new ServerRooms();
  const line = rooms.connect();
  const replies = new Operator(rooms, 'ann').ask({ kind: 'stop' });
  line.answer({ state: 'failed', code: 'DEADMAN_ABSENT', message: 'not yet' });
  expect(words(replies)).toEqual(['unknown STOP_WAITS']);
  expect(waits(rooms)).toBe(true);
  await rooms.clock.advance(2_000);
  expect(stops(line)).toEqual(['all', 'all']);
  line.answer({ state: 'unknown', code: 'REPLY_MISSING', message: 'hung' });
  await rooms.clock.advance(2_000);
  line.answer({});
  await rooms.clock.advance(10_000);
  expect(stops(line).length).toBe(3);
  expect(waits(rooms)).toBe(false);
  expect(rooms.clock.pendingTimers).toBe(0);
});

test('a robot that will never do it ends the stop, and its maker is told why', () => {
  const rooms = new ServerRooms();
  const line = rooms.connect();
  const replies = new Operator(rooms, 'ann').ask({ kind: 'stop', outputs: '/cmd_vel' });
  line.answer({ state: 'rejected', code: 'NOT_SUPPORTED', message: 'nothing moves this robot' });
  expect(words(replies)).toEqual(['rejected NOT_SUPPORTED']);
  expect(rooms.motion.stops.size).toBe(0);
});

test('stops survive a restart of the server, also of robots that it has not seen', async () => {
  const stopStore = new MemoryStopStore();
  const before = new ServerRooms({ stopStore });
  new Operator(before, 'ann').ask({ kind: 'stop', outputs: '/cmd_vel' });
  expect(before.fleet.device('r1')).toBeUndefined();
  const after = new ServerRooms({ stopStore });
  await after.motion.stops.start();
  const line = after.connect();
  expect(line.asked[0]?.request).toMatchObject({ issuer: 'ann', action: { kind: 'stop', outputs: '/cmd_vel' } });
  line.answer({}, 0);
  expect(await stopStore.all()).toEqual([]);
});

test('a stop that was sent and not answered survives a restart too', async () => {
  const stopStore = new MemoryStopStore();
  const rooms = new ServerRooms({ stopStore });
  const line = rooms.connect();
  new Operator(rooms, 'ann').ask({ kind: 'stop' });
  expect(await stopStore.all()).toMatchObject([{ device: 'r1', by: 'ann' }]);
  line.answer({});
  expect(await stopStore.all()).toEqual([]);
});

test('a repeated stop is one that waits', () => {
  const rooms = new ServerRooms();
  const ann = new Operator(rooms, 'ann');
  for (let i = 0; i < 5; i++) ann.ask({ kind: 'stop', outputs: '/cmd_vel' });
  expect(rooms.motion.stops.size).toBe(1);
  ann.ask({ kind: 'stop' });
  ann.ask({ kind: 'stop', outputs: '/arm' });
  expect(rooms.motion.stops.size).toBe(1);
  expect(stops(rooms.connect())).toEqual(['all']);
});

test('a second stop is sent although the first has no answer yet', () => {
  const rooms = new ServerRooms();
  const line = rooms.connect();
  const ann = new Operator(rooms, 'ann');
  ann.ask({ kind: 'stop' });
  ann.ask({ kind: 'stop' });
  expect(stops(line)).toEqual(['all', 'all']);
});

test('neither a full list of commands nor an ID that is taken holds a stop up', () => {
  const rooms = new ServerRooms({ limits: { maxCommandsPerDevice: 0, maxCommands: 0 } });
  const line = rooms.connect();
  const ann = new Operator(rooms, 'ann');
  for (let i = 0; i < 150; i++) ann.ask({ kind: 'stop' });
  expect(stops(line).length).toBe(150);
  const other = new ServerRooms();
  const otherLine = other.connect();
  const bob = new Operator(other, 'bob');
  bob.ask({ kind: 'call', service: '/s', encoding: 'json' }, { id: 'c1' });
  bob.ask({ kind: 'stop' }, { id: 'c1' });
  expect(stops(otherLine)).toEqual(['all']);
});

test('an old stop is a stop', () => {
  const rooms = new ServerRooms();
  const line = rooms.connect();
  new Operator(rooms, 'ann').ask({ kind: 'stop' }, { ageMs: 1e9 });
  expect(stops(line)).toEqual(['all']);
});

test('many different stops of one device become one of all outputs', () => {
  const list = new StopList();
  const stop = (outputs: string) => ({ id: outputs, device: 'r1', outputs, by: 'ann', sinceMs: 0 });
  for (let i = 0; i < MAX_STOPS_PER_DEVICE; i++) list.add(stop(`/t${i}`));
  expect(list.size).toBe(MAX_STOPS_PER_DEVICE);
  const change = list.add(stop('/last'));
  expect(change).toMatchObject({ isNew: true, stop: { id: '/last', outputs: undefined } });
  expect(change.removed.length).toBe(MAX_STOPS_PER_DEVICE);
  expect(list.size).toBe(1);
});

test('stops that wait are bounded; one beyond is refused, and still sent to a robot that is there', () => {
  const rooms = new ServerRooms();
  const line = rooms.connect();
  const ann = new Operator(rooms, 'ann');
  for (let i = 0; i < MAX_WAITING_STOPS; i++) ann.ask({ kind: 'stop' }, { device: `away-${i}` });
  expect(words(ann.ask({ kind: 'stop' }, { device: 'one-more' }))).toEqual(['rejected STOP_LIMIT']);
  const replies = ann.ask({ kind: 'stop' });
  line.answer({});
  expect(words(replies)).toEqual(['done']);
});

test('a server that stops repeats nothing more and keeps the stops', async () => {
  const rooms = new ServerRooms();
  const line = rooms.connect();
  new Operator(rooms, 'ann').ask({ kind: 'stop' });
  line.answer({ state: 'failed', code: 'DEADMAN_ABSENT', message: '' });
  rooms.motion.close();
  await rooms.clock.advance(10_000);
  expect(stops(line)).toEqual(['all']);
  expect(rooms.motion.stops.size).toBe(1);
});
