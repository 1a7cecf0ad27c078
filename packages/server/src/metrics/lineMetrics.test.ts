import { TestAgent, waitFor } from '@longline/testing';
import { expect, test } from 'vitest';
import type { Server } from '../startServer.ts';
import { startTestServer } from '../testing/startTestServer.ts';

const metricsOf = async (server: Server): Promise<string> => (await fetch(`${server.url}/metrics`)).text();

/** Two robots; the second came back once. */
async function twoRobots(server: Server): Promise<void> {
  const first = new TestAgent(server.url, 'r1');
  await first.welcomes.first();
  const second = new TestAgent(server.url, 'r2');
  await second.welcomes.first();
  await second.stop();
  const again = new TestAgent(server.url, 'r2');
  await again.welcomes.first();
  again.end.sendReport({
    windowBytes: 1,
    inFlightBytes: 0,
    copies: true,
    waitingBytes: [0, 0, 0, 5_000],
    dropped: [0, 0, 0, 0],
    lines: 2,
    dials: 2,
  });
  await waitFor(() => (server.fleet.device('r2').line?.reportedMs ?? null) !== null);
  for (const id of ['r1', 'r2']) await waitFor(() => (server.fleet.device(id).line?.roundTripMs ?? null) !== null);
}

test('lines are measured all together, whatever the number of devices', async () => {
  const server = await startTestServer();
  await twoRobots(server);
  const metrics = await metricsOf(server);
  expect(metrics.split('\n')).toEqual(
    expect.arrayContaining([
      'longline_line_round_trip_seconds_count 2',
      'longline_line_round_trip_seconds_bucket{le="+Inf"} 2',
      'longline_line_sockets 2',
      'longline_lines_with_copies 1',
      'longline_agent_waiting_bytes{lane="bulk"} 5000',
      'longline_line_reconnects_total 1',
      'longline_lines_ended_total{code="LINE_CLOSED"} 1',
      'longline_packed_bytes_total 0',
    ]),
  );
  expect(metrics).not.toMatch(/r1|r2/);
  // They say what is, not what was: asked again they say the same.
  expect(await metricsOf(server)).toContain('longline_line_round_trip_seconds_count 2');
});

test('each device has series of its own where that is asked for', async () => {
  const server = await startTestServer({ metricsPerDevice: true });
  await twoRobots(server);
  const metrics = await metricsOf(server);
  expect(metrics).toContain('longline_device_online{device="r1"} 1');
  expect(metrics).toContain('longline_device_reconnects{device="r2"} 1');
  expect(metrics).toMatch(/longline_device_round_trip_seconds\{device="r2"\} [\d.e-]+\n/);
  expect(metrics).toMatch(/longline_device_received_bytes_per_second\{device="r1"\} \d+\n/);
});

test('a reason that a robot made up is counted with the others', async () => {
  const server = await startTestServer();
  for (const [code, reason] of [
    [4999, 'MADE_UP: by a robot'],
    [1000, 'no code'],
  ] as const) {
    const agent = new TestAgent(server.url, 'r1');
    await agent.welcomes.first();
    agent.socket.close(code, reason);
    await agent.closes.first();
    await waitFor(() => !server.fleet.device('r1').online);
  }
  expect(await metricsOf(server)).toContain('longline_lines_ended_total{code="OTHER"} 2');
});
