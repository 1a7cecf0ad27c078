import { TestAgent, TestReader, waitFor } from '@longline/testing';
import { expect, test } from 'vitest';
import { int64Schema } from '../testing/schemas.ts';
import { startTestServer } from '../testing/startTestServer.ts';

test('a reader is told how a line is doing at once and every second, then how it was', async () => {
  const server = await startTestServer();
  const agent = new TestAgent(server.url, 'r1');
  await agent.welcomes.first();
  agent.send(agent.advertise(1, '/a', int64Schema), { data: 1n });
  const reader = new TestReader(server.url);
  await reader.subscribe({ id: 1, kind: 'line', device: 'r1' });
  expect(reader.lines.items).toMatchObject([{ device: 'r1', online: true, epoch: 1, sockets: 1, reconnects: 0 }]);
  agent.end.sendReport({
    windowBytes: 8_192,
    inFlightBytes: 100,
    copies: true,
    bytesPerSecond: 80_000,
    waitingBytes: [0, 1, 2, 3],
    dropped: [4, 5, 6, 7],
    lines: 2,
    dials: 3,
  });
  const told = await reader.lines.first(({ reportedMs }) => reportedMs !== null);
  expect(told).toMatchObject({
    roundTripMs: expect.any(Number) as number,
    clockOffsetMs: expect.any(Number) as number,
    up: {
      bytesPerSecond: 80_000,
      roundTripMs: null,
      copies: true,
      receivedMessages: 1,
      lanes: {
        control: { receivedMs: null, underWayMs: null, waitingBytes: 0, dropped: 4 },
        telemetry: { receivedMs: expect.any(Number) as number, waitingBytes: 2, dropped: 6 },
      },
    },
    down: { windowBytes: expect.any(Number) as number },
    agent: { lines: 2, dials: 3 },
  });
  expect(Math.abs(told.clockOffsetMs ?? 1e9)).toBeLessThan(1_000);
  expect(told.up.lanes.telemetry.underWayMs).toBeLessThan(5_000);
  await agent.stop();
  const ended = await reader.lines.first(({ online }) => !online);
  expect(ended).toMatchObject({ sockets: 0, down: null, up: { copies: true, receivedBytesPerSecond: 0 } });
  const again = new TestAgent(server.url, 'r1');
  await again.welcomes.first();
  expect(await reader.lines.first(({ epoch }) => epoch === 2)).toMatchObject({
    reconnects: 1,
    reportedMs: null,
    up: { copies: null },
  });
  reader.end.unsubscribe(1);
  await reader.subscribe({ id: 2, kind: 'devices' });
  expect(reader.devices.items[0]).toMatchObject({ device: 'r1', line: { sockets: 1, reconnects: 1 } });
});

test('once is one line record; of an unknown device nothing is told, until it is known', async () => {
  const server = await startTestServer();
  const reader = new TestReader(server.url);
  await reader.subscribe({ id: 1, kind: 'line', device: 'r1', once: true });
  await reader.subscribe({ id: 2, kind: 'line', device: 'r1' });
  expect(reader.lines.items).toEqual([]);
  const agent = new TestAgent(server.url, 'r1');
  await agent.welcomes.first();
  await reader.lines.first();
  reader.end.unsubscribe(2);
  await reader.subscribe({ id: 1, kind: 'line', device: 'r1', once: true });
  expect(reader.lines.items.at(-1)).toMatchObject({ device: 'r1', online: true });
});

test('the line of a device is had over HTTP and in process, in short with the device', async () => {
  const server = await startTestServer();
  const get = async (path: string): Promise<{ status: number; json: unknown }> => {
    const response = await fetch(server.url + path);
    return { status: response.status, json: await response.json() };
  };
  expect(await get('/api/v1/devices/r1/line')).toMatchObject({ status: 404, json: { code: 'DEVICE_UNKNOWN' } });
  expect(server.fleet.device('r1').line).toBeUndefined();
  const agent = new TestAgent(server.url, 'r1');
  await agent.welcomes.first();
  await waitFor(() => (server.fleet.device('r1').line?.roundTripMs ?? null) !== null);
  expect(await get('/api/v1/devices/r1/line')).toMatchObject({ status: 200, json: { online: true, sockets: 1 } });
  expect(await get('/api/v1/devices/r1')).toMatchObject({
    json: { line: { sockets: 1, reconnects: 0, roundTripMs: expect.any(Number) as number } },
  });
});
