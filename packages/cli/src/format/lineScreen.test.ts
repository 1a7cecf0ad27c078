import type { LaneState, LineRecord } from '@longline/client';
import { describe, expect, test } from 'vitest';
import { lineScreen } from './lineScreen.ts';

const quiet: LaneState = { receivedMs: null, underWayMs: null, waitingBytes: 0, dropped: 0 };
const busy: LineRecord = {
  device: 'robot-1',
  online: true,
  epoch: 7,
  sinceMs: 1_000_000,
  nowMs: 1_192_000,
  sockets: 4,
  roundTripMs: 62.3,
  clockOffsetMs: -3.14,
  clockErrorMs: 31.2,
  reconnects: 3,
  up: {
    roundTripMs: 60,
    lastRoundTripMs: 75,
    bytesPerSecond: 610_000,
    windowBytes: 46_000,
    inFlightBytes: 38_400,
    receivedBytesPerSecond: 598_123,
    receivedBytes: 1,
    receivedFrames: 1,
    receivedMessages: 1,
    copies: true,
    lanes: {
      control: quiet,
      state: { receivedMs: 12, underWayMs: 45.2, waitingBytes: 0, dropped: 0 },
      telemetry: { receivedMs: 104, underWayMs: 60.8, waitingBytes: 1_240, dropped: 120 },
      bulk: { receivedMs: 230, underWayMs: 310, waitingBytes: 88_000, dropped: 5_120 },
    },
  },
  down: { roundTripMs: 61, lastRoundTripMs: 62, bytesPerSecond: 2_100_000, windowBytes: 8_192, inFlightBytes: 0 },
  reportedMs: 1_234,
  agent: { lines: 4, dials: 9 },
};
const withUp = (up: Partial<LineRecord['up']>): LineRecord => ({ ...busy, up: { ...busy.up, ...up } });
const withLane = (lane: keyof LineRecord['up']['lanes'], state: Partial<LaneState>): LineRecord =>
  withUp({ lanes: { ...busy.up.lanes, [lane]: { ...busy.up.lanes[lane], ...state } } });
const verdict = (line: LineRecord, ageMs = 0): string | undefined => lineScreen(line, ageMs)[1];

test('everything has its words and units', () => {
  expect(lineScreen(busy, 0)).toEqual([
    'robot-1  ONLINE for 3 min 12 s',
    'FULL: bulk waits, and newer messages replace older ones.',
    '',
    'round trip   62 ms',
    "robot clock  3.1 ms behind the server's, give or take 31 ms",
    'from robot   598 KB/s now; the path carries 610 KB/s',
    'window       38 KB of 46 KB under way',
    'to robot     the path carries at least 2.1 MB/s; 0 B of 8.2 KB under way',
    'sockets      4; urgent messages travel twice',
    'reconnects   3 since the server started; agent: 4 lines, 9 connections tried',
    '',
    'LANE       NEWEST CAME  WAS UNDER WAY  WAITING  DROPPED',
    'control    -            -              0 B      0',
    'state      12 ms ago    45 ms          0 B      0',
    'telemetry  104 ms ago   61 ms          1.2 KB   120',
    'bulk       230 ms ago   310 ms         88 KB    5120',
    '',
    'Window, waiting, dropped: as the agent told 1.2 s ago; it tells changes.',
  ]);
});

describe('the second line says what is wrong first', () => {
  test.each([
    ['GOOD: nothing waits.', withLane('bulk', { waitingBytes: 10_000 }), 0],
    ['FULL: telemetry and bulk wait, and newer messages replace older ones.', withUp({ inFlightBytes: 46_000 }), 0],
    [
      'OVERLOADED: even state waits, for 2 s. Send less from the robot.',
      withLane('state', { waitingBytes: 1_220_000 }),
      0,
    ],
    ['SLOW: the last round trip took 800 ms, at best it is 60 ms.', withUp({ lastRoundTripMs: 800 }), 0],
    ['STALE: the line ended; all below is as it was then.', { ...busy, online: false, sockets: 0, down: null }, 0],
    ['STALE: nothing came from the server for 12 s; all below is as it was then.', busy, 12_000],
  ])('%s', (text, line, ageMs) => expect(verdict(line, ageMs)).toBe(text));
});

test('while everything finds room, what the path carries is called a least', () => {
  expect(lineScreen(withLane('bulk', { waitingBytes: 0 }), 0)[5]).toContain('the path carries at least 610 KB/s');
});

test('what is not known is a dash, and why is said', () => {
  const lane: LaneState = { receivedMs: null, underWayMs: null, waitingBytes: null, dropped: null };
  const nothing = {
    bytesPerSecond: null,
    windowBytes: null,
    inFlightBytes: null,
    roundTripMs: null,
    lastRoundTripMs: null,
  };
  const lanes = { control: lane, state: lane, telemetry: lane, bulk: lane };
  const line: LineRecord = {
    ...withUp({ ...nothing, copies: null, lanes }),
    roundTripMs: null,
    clockOffsetMs: null,
    clockErrorMs: null,
    reportedMs: null,
    agent: null,
  };
  expect(lineScreen(line, 0)).toEqual(
    expect.arrayContaining([
      'UNKNOWN: the agent has not reported yet whether anything waits.',
      'round trip   -',
      'robot clock  -',
      'from robot   598 KB/s now; what the path carries is not known yet',
      'window       -',
      'reconnects   3 since the server started',
      'bulk       -            -              -        -',
      'The agent has not reported yet: what only it knows is shown as -.',
    ]),
  );
});

test('times go on while the server says nothing, and no line is too long for a small terminal', () => {
  const screen = lineScreen(busy, 60_000);
  expect(screen[0]).toBe('robot-1  ONLINE for 4 min 12 s');
  expect(screen.find((text) => text.startsWith('state'))).toMatch(/1 min 0 s ago/);
  for (const text of screen) expect(text.length, text).toBeLessThan(80);
});
