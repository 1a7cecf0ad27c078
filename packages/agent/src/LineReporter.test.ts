import { Outbox } from '@longline/line';
import type { AgentLineState, LineReport } from '@longline/line';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { AgentWorld } from './AgentWorld.fixture.ts';
import { LineReporter, REPORT_MS } from './LineReporter.ts';

const idle: AgentLineState = {
  rttMs: 60.04,
  lastRttMs: 61,
  bytesPerSecond: undefined,
  windowBytes: 8_192,
  inFlightBytes: 0,
  sockets: 1,
  copies: false,
};

interface World {
  readonly clock: FakeClock;
  readonly outbox: Outbox;
  readonly reporter: LineReporter;
  readonly line: { lineState: AgentLineState; sendReport: (report: LineReport) => void };
  readonly told: { atMs: number; report: LineReport }[];
}

function open(): World {
  const clock = new FakeClock();
  const outbox = new Outbox(clock);
  const reporter = new LineReporter({ clock, outbox });
  const told: World['told'] = [];
  const line = {
    lineState: idle,
    sendReport: (report: LineReport) => void told.push({ atMs: clock.monotonicMs(), report }),
  };
  reporter.handleDial();
  reporter.handleLineOpen(line);
  return { clock, outbox, reporter, line, told };
}

test('an idle robot reports once, 2 s after the line opened', async () => {
  const { clock, line, told } = open();
  for (let at = 0; at < 100; at++) {
    line.lineState = { ...idle, lastRttMs: 60 + (at % 5), inFlightBytes: at % 2 === 0 ? 0 : 300 };
    await clock.advance(600);
  }
  expect(told).toMatchObject([
    {
      atMs: REPORT_MS,
      report: { roundTripMs: 60, windowBytes: 8_192, copies: false, waitingBytes: [0, 0, 0, 0], lines: 1, dials: 1 },
    },
  ]);
  expect(told[0]?.report).not.toHaveProperty('bytesPerSecond');
});

test('what changes noticeably is told within 2 s, and at most every 2 s', async () => {
  const { clock, line, outbox, told } = open();
  await clock.advance(REPORT_MS);
  outbox.openChannel(1, { lane: 'bulk', delivery: 'latest' });
  for (let at = 0; at < 100; at++) {
    outbox.push(1, { sequence: at, logTime: 0n, publishTime: 0n, data: new Uint8Array(2_000) });
    await clock.advance(100);
  }
  expect(told.map(({ atMs }) => atMs)).toEqual([2_000, 4_000, 6_000, 8_000, 10_000, 12_000]);
  const { dropped, waitingBytes } = told.at(-1)!.report;
  expect([waitingBytes, dropped]).toEqual([
    [0, 0, 0, expect.any(Number)],
    [0, 0, 0, 99],
  ]);
  line.lineState = { ...idle, copies: true, bytesPerSecond: 80_000.4 };
  await clock.advance(2_000);
  expect(told.at(-1)?.report).toMatchObject({ copies: true, bytesPerSecond: 80_000 });
});

test('on a thin path reports take no more than a hundredth of it', async () => {
  const { clock, line, reporter, told } = open();
  line.lineState = { ...idle, bytesPerSecond: 2_500 };
  for (let at = 0; at < 60; at++) {
    reporter.handleDial();
    await clock.advance(1_000);
  }
  expect(told.map(({ atMs }) => atMs)).toEqual([2_000, 12_000, 22_000, 32_000, 42_000, 52_000]);
  expect(JSON.stringify(told.at(-1)?.report).length).toBeLessThan(250);
});

test('a new line is told of from the beginning, with how often there was one and how many connections were tried', async () => {
  const { clock, line, reporter, told } = open();
  await clock.advance(REPORT_MS);
  reporter.handleLineClosed();
  expect([reporter.report, clock.pendingTimers]).toEqual([undefined, 0]);
  reporter.handleDial();
  reporter.handleDial();
  reporter.handleLineOpen(line);
  await clock.advance(REPORT_MS);
  expect(told.at(-1)).toMatchObject({ atMs: 4_000, report: { lines: 2, dials: 3 } });
  expect(told.length).toBe(2);
});

test('an agent reports over its line, and again after a reconnect', async () => {
  const world = await new AgentWorld().started();
  const { clock, server } = world;
  await clock.advance(10_000);
  expect(server.line.reports).toMatchObject([{ lines: 1, dials: 1 }]);
  expect(world.agent.status.report).toMatchObject({ lines: 1 });
  server.kill();
  await clock.advance(1_000);
  expect(world.agent.status.report).toBeUndefined();
  server.isUp = true;
  await clock.advance(10_000);
  expect(server.line.reports[0]).toMatchObject({ lines: 2, dials: server.dials });
  await world.agent.stop();
});
