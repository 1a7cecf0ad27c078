import { DuplexPair, FakeClock, sampleChallenge, sampleHello } from '@longline/testing';
import { expect, test } from 'vitest';
import { AgentEnd } from './AgentEnd.ts';
import { Outbox } from './Outbox.ts';
import { forEachLane } from './reportRecord.ts';
import type { LineReport } from './reportRecord.ts';
import { RobotEnd } from './RobotEnd.ts';

const report: LineReport = {
  roundTripMs: 62,
  lastRoundTripMs: 75,
  bytesPerSecond: 610_000,
  windowBytes: 24_000,
  inFlightBytes: 18_000,
  copies: true,
  waitingBytes: [0, 0, 1_200, 88_000],
  dropped: [0, 0, 120, 5_120],
  lines: 3,
  dials: 9,
};

interface Line {
  readonly clock: FakeClock;
  readonly agent: AgentEnd;
  readonly reports: LineReport[];
  readonly closes: string[];
}

function openLine(): Line {
  const clock = new FakeClock();
  const pair = new DuplexPair(clock);
  const reports: LineReport[] = [];
  const closes: string[] = [];
  const agent = pair.left.attach(
    (transport) =>
      new AgentEnd({
        transport,
        clock,
        hello: sampleHello,
        outbox: new Outbox(clock),
        handlers: {
          handleWelcome: () => undefined,
          handleRequest: () => undefined,
          handleClosed: ({ code, reason }) => closes.push(`${code ?? ''}: ${reason}`),
        },
      }),
  );
  const robot: RobotEnd = pair.right.attach(
    (transport) =>
      new RobotEnd({
        transport,
        clock,
        challenge: sampleChallenge,
        handlers: {
          handleHello: () => robot.welcome({ server: 's', software: 'x', epoch: 1 }),
          handleAdvertise: () => undefined,
          handleUnadvertise: () => undefined,
          handleMessage: () => undefined,
          handleDropped: () => undefined,
          handleStatus: () => undefined,
          handleReport: (told) => reports.push(told),
          handleClosed: () => undefined,
        },
      }),
  );
  pair.open();
  return { clock, agent, reports, closes };
}

test('a report comes as it was told, with what was not measured left out', async () => {
  const { clock, agent, reports } = openLine();
  await clock.advance(10);
  const { windowBytes, inFlightBytes, copies, waitingBytes, dropped, lines, dials } = report;
  const early: LineReport = { windowBytes, inFlightBytes, copies, waitingBytes, dropped, lines, dials };
  agent.sendReport(early);
  agent.sendReport(report);
  await clock.advance(10);
  expect(reports).toEqual([early, report]);
});

test('a report that says nonsense ends the line', async () => {
  const { clock, agent, reports, closes } = openLine();
  await clock.advance(10);
  agent.sendReport({ ...report, windowBytes: -1 });
  await clock.advance(10);
  expect(reports).toEqual([]);
  expect(closes).toEqual([expect.stringMatching(/^FRAME_MALFORMED: report\.windowBytes/)]);
});

test('lanes stand in the order of their urgency', () => {
  const order: string[] = [];
  forEachLane((lane) => order.push(lane));
  expect(order).toEqual(['control', 'state', 'telemetry', 'bulk']);
});
