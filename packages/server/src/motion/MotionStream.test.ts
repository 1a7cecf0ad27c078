import { expect, test } from 'vitest';
import type { FakeRobotLine } from '../testing/FakeRobotLine.ts';
import { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import { MAX_FRAMES_PER_SECOND } from './FrameRate.ts';
import { MAX_MOTION_FRAME_BYTES } from './MotionStream.ts';
import { frame, Operator, words } from './Operator.fixture.ts';

interface World {
  readonly rooms: ServerRooms;
  readonly line: FakeRobotLine;
  readonly ann: Operator;
  readonly bob: Operator;
}

/** Ann holds the lease under token 1. */
function world(holdMs = 60_000): World {
  const rooms = new ServerRooms();
  const line = rooms.connect();
  const ann = new Operator(rooms, 'ann');
  ann.take({ holdMs });
  line.answer({});
  return { rooms, line, ann, bob: new Operator(rooms, 'bob') };
}

const confirm = (line: FakeRobotLine): void => line.answer({});

test('frames reach the robot under the token, in order, with their age, under one ID', () => {
  const { line, ann } = world();
  const stream = ann.open(1);
  stream.send(frame({ ageMs: 7, text: '{"linear":{"x":1}}' }));
  stream.send(frame({ ageMs: 8 }));
  const [first, second] = line.frames;
  expect(first?.request).toMatchObject({
    issuer: 'ann',
    token: 1,
    sequence: 1,
    ageMs: 7,
    deadlineMs: 1_000,
    action: { kind: 'motion', topic: '/cmd_vel' },
  });
  expect(new TextDecoder().decode(first?.payload)).toBe('{"linear":{"x":1}}');
  expect(second?.request).toMatchObject({ sequence: 2, id: first?.request.id });
  expect(ann.refusals).toEqual([]);
});

test('all that is said under a lease has one row of numbers, whatever its makers count', () => {
  const { line, ann } = world();
  const one = ann.open(1);
  const other = ann.open(1);
  one.send(frame({ sequence: 100 }));
  other.send(frame({ sequence: 0 }));
  ann.ask({ kind: 'call', service: '/arm', encoding: 'json' }, { token: 1 });
  one.send(frame({ sequence: 101 }));
  expect(line.frames.map(({ request }) => request.sequence)).toEqual([1, 2, 4]);
  expect(line.asked.at(-1)?.request.sequence).toBe(3);
  expect(new Set(line.frames.map(({ request }) => request.id)).size).toBe(2);
});

test('a frame that comes twice or late within its stream is refused', () => {
  const { line, ann } = world();
  const stream = ann.open(1);
  for (const sequence of [3, 3, 2, 4]) stream.send(frame({ sequence }));
  expect(ann.codes).toEqual(['COMMAND_OUT_OF_ORDER', 'COMMAND_OUT_OF_ORDER']);
  expect(line.frames.length).toBe(2);
});

test('without the lease no stream is opened', () => {
  const { ann, bob } = world();
  expect(() => bob.open(0)).toThrow(expect.objectContaining({ code: 'LEASE_NEEDED' }) as Error);
  expect(() => bob.open(1)).toThrow(expect.objectContaining({ code: 'LEASE_HELD' }) as Error);
  expect(() => ann.open(2)).toThrow(expect.objectContaining({ code: 'LEASE_LOST' }) as Error);
  expect(() => ann.open(1, 'r2')).toThrow(expect.objectContaining({ code: 'LEASE_LOST' }) as Error);
});

test('who lost the lease is told once by the stream, and no frame of theirs passes', () => {
  const { line, ann, bob } = world();
  const stream = ann.open(1);
  stream.send(frame());
  bob.take({ takeOver: true });
  confirm(line);
  expect(ann.refusals).toMatchObject([
    { state: 'rejected', code: 'LEASE_LOST', message: expect.stringContaining('bob') as string },
  ]);
  stream.send(frame());
  expect(line.frames.length).toBe(1);
  expect(line.streams).toBe(0);
});

test('a lease that ran out while the process was busy lets nothing pass', () => {
  const { rooms, line, ann } = world(1_000);
  const stream = ann.open(1);
  rooms.clock.stall(1_000);
  stream.send(frame());
  expect(line.frames).toEqual([]);
  expect(new Set(ann.codes)).toEqual(new Set(['LEASE_LOST']));
});

test('a cut line ends the stream; on the next line the old token moves nothing', () => {
  const { rooms, ann } = world();
  const stream = ann.open(1);
  stream.send(frame());
  const newer = rooms.connect('r1', 1);
  stream.send(frame());
  expect(newer.frames).toEqual([]);
  expect(() => ann.open(1)).toThrow('the line to the robot ended');
});

test('the robot’s refusals are passed on, each code at most ten times a second, and counted', async () => {
  const { rooms, line, ann } = world();
  const stream = ann.open(1);
  stream.send(frame());
  for (let i = 0; i < 25; i++) line.refuse('STOP_LATCHED');
  line.refuse('LIMIT_BEYOND');
  expect(ann.codes.filter((code) => code === 'STOP_LATCHED').length).toBe(10);
  expect(ann.codes.at(-1)).toBe('LIMIT_BEYOND');
  await rooms.clock.advance(1_000);
  line.refuse('STOP_LATCHED');
  expect(ann.codes.at(-1)).toBe('STOP_LATCHED');
  stream.close();
  expect(rooms.audit.at(-1)).toMatchObject({
    what: 'motion.end',
    principal: 'ann',
    target: '/cmd_vel',
    details: { frames: 1, refused: { STOP_LATCHED: 26, LIMIT_BEYOND: 1 } },
  });
});

test('a robot that says the lease is over ends it here', () => {
  const { rooms, line, ann } = world();
  ann.open(1).send(frame());
  line.refuse('LEASE_LOST');
  expect(rooms.motion.leases.holding('r1')).toBeUndefined();
});

test('a flood of frames is refused beyond the rate, over all streams of the lease', async () => {
  const { rooms, line, ann } = world();
  const streams = [ann.open(1), ann.open(1)];
  for (let i = 0; i < MAX_FRAMES_PER_SECOND; i++) for (const stream of streams) stream.send(frame());
  expect(line.frames.length).toBe(MAX_FRAMES_PER_SECOND);
  expect(ann.codes).toEqual(Array(20).fill('RATE_BEYOND'));
  await rooms.clock.advance(1_000);
  streams[0]?.send(frame());
  expect(line.frames.length).toBe(MAX_FRAMES_PER_SECOND + 1);
});

test('a frame beyond the size, and too many bytes in a second, are refused', () => {
  const { line, ann } = world();
  const stream = ann.open(1);
  stream.send(frame({ text: 'x'.repeat(MAX_MOTION_FRAME_BYTES + 1) }));
  expect(ann.codes).toEqual(['BODY_TOO_LARGE']);
  for (let i = 0; i < 17; i++) stream.send(frame({ text: 'x'.repeat(MAX_MOTION_FRAME_BYTES) }));
  expect(ann.codes).toEqual(['BODY_TOO_LARGE', 'RATE_BEYOND']);
  expect(line.frames.length).toBe(16);
});

test('while the line has no room the newest frame of each topic waits, and gets older', async () => {
  const { rooms, line, ann } = world();
  const stream = ann.open(1);
  line.full = true;
  stream.send(frame({ text: 'old', ageMs: 3 }));
  stream.send(frame({ text: 'new', ageMs: 3 }));
  stream.send(frame({ text: 'arm', topic: '/arm' }));
  await rooms.clock.advance(20);
  expect(line.frames).toEqual([]);
  line.full = false;
  await rooms.clock.advance(5);
  expect(line.frames.map(({ payload }) => new TextDecoder().decode(payload))).toEqual(['new', 'arm']);
  expect(line.frames[0]?.request).toMatchObject({ ageMs: 28, sequence: 1 });
  expect(line.frames[1]?.request.sequence).toBe(2);
});

test('what waits for room when the lease ends is never sent', async () => {
  const { rooms, line, ann } = world();
  const stream = ann.open(1);
  line.full = true;
  stream.send(frame());
  ann.ask({ kind: 'lease.release' }, { token: 1 });
  line.answer({});
  line.full = false;
  await rooms.clock.advance(100);
  expect(line.frames).toEqual([]);
  expect(rooms.clock.pendingTimers).toBe(0);
});

test('frames of too many topics do not wait', () => {
  const { line, ann } = world();
  const stream = ann.open(1);
  line.full = true;
  for (let i = 0; i <= 100; i++) stream.send(frame({ topic: `/t${i}` }));
  expect(ann.codes).toEqual(['RATE_BEYOND']);
});

test('the audit keeps a beginning, an end and a sample every ten seconds, not every frame', async () => {
  const { rooms, ann } = world();
  const stream = ann.open(1);
  for (let i = 0; i < 21; i++) {
    stream.send(frame({ text: `{"i":${i}}` }));
    await rooms.clock.advance(1_000);
  }
  stream.close();
  stream.close();
  expect(rooms.audit.map(({ what }) => what)).toEqual([
    'lease.taken',
    'motion.start',
    'motion.sample',
    'motion.sample',
    'motion.sample',
    'motion.end',
  ]);
  expect(rooms.audit[3]).toMatchObject({ target: '/cmd_vel', token: 1, details: { message: '{"i":10}' } });
  expect(rooms.audit.at(-1)).toMatchObject({ details: { frames: 21, durationMs: 21_000, topics: ['/cmd_vel'] } });
});

test('nothing that motion does fills the list of commands', () => {
  const { rooms, ann } = world();
  const stream = ann.open(1);
  for (let i = 0; i < 10; i++) stream.send(frame());
  expect(words(ann.ask({ kind: 'lease.release' }, { token: 1 }))).toEqual([]);
  expect(rooms.commands.size).toBe(0);
});

test('a large request on the line, which fills its window, holds no motion up', () => {
  const { line, ann } = world();
  const stream = ann.open(1);
  line.path = { ...line.path, windowBytes: 8_192, inFlightBytes: 8_192 + 1_000 };
  stream.send(frame());
  line.path = { ...line.path, bytesPerSecond: 1_000_000, inFlightBytes: 8_192 + 19_000 };
  stream.send(frame());
  expect(line.frames.length).toBe(2);
});
