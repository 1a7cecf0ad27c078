import { waitFor } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { startLockedServer } from '../testing/startLockedServer.ts';
import { startTestServer } from '../testing/startTestServer.ts';
import { joinRobot } from '../testing/joinRobot.ts';

interface Opened {
  readonly socket: WebSocket;
  /** `open`, or the refusal: status and code. */
  readonly outcome: string;
  /** Resolves to the close code and our own. */
  readonly closed: Promise<string>;
}

/** Opens a plain device's WebSocket. */
async function open(url: string, device: string, token?: string, query = ''): Promise<Opened> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/devices/${device}/connect${query}`, { headers });
  onTestFinished(() => socket.terminate());
  const closed = new Promise<string>((resolve) => {
    socket.on('close', (code, reason) => resolve(`${code} ${reason.toString().split(':')[0] ?? ''}`));
  });
  socket.on('error', () => undefined);
  const outcome = await new Promise<string>((resolve) => {
    socket.on('open', () => resolve('open'));
    socket.on('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => void chunks.push(chunk));
      response.on('end', () => {
        const { code } = JSON.parse(Buffer.concat(chunks).toString()) as { code: string };
        resolve(`${response.statusCode ?? 0} ${code}`);
      });
    });
  });
  return { socket, outcome, closed };
}

const addPath = (device: string): string => `/api/v1/devices/${device}/device-token`;

test('a locked server lets in a device with its own token alone', async () => {
  const { server, api, add } = await startLockedServer();
  const { body } = await api('POST', addPath('esp1'));
  const token = String(body['token']);
  const another = String((await api('POST', addPath('esp2'))).body['token']);
  expect((await open(server.url, 'esp1')).outcome).toBe('401 CREDENTIAL_NEEDED');
  expect((await open(server.url, 'esp1', another)).outcome).toBe('401 TOKEN_UNKNOWN');
  expect((await open(server.url, 'esp3', another)).outcome).toBe('401 TOKEN_UNKNOWN');
  expect((await open(server.url, 'esp1', await add('ann'))).outcome, 'a person is no device').toBe('401 TOKEN_UNKNOWN');
  expect((await open(server.url, 'esp1', undefined, `?token=${token}`)).outcome).toBe('400 TOKEN_IN_URL');
  expect((await open(server.url, 'esp1', token)).outcome).toBe('open');
  await waitFor(() => server.fleet.device('esp1').online);
  expect((await api('GET', '/api/v1/devices', undefined, token)).status, 'a device is no person').toBe(401);
});

test('an exchanged or revoked token ends the connection at once, and is refused', async () => {
  const { server, api } = await startLockedServer();
  const first = String((await api('POST', addPath('esp1'), { unguarded: true })).body['token']);
  const device = await open(server.url, 'esp1', first);
  const exchanged = await api('POST', addPath('esp1'));
  expect(exchanged.body, 'it stays as it was').toMatchObject({ unguarded: true });
  expect(await device.closed).toBe('4401 ACCESS_REVOKED');
  expect((await open(server.url, 'esp1', first)).outcome).toBe('401 TOKEN_UNKNOWN');
  const second = String(exchanged.body['token']);
  const again = await open(server.url, 'esp1', second);
  expect((await api('DELETE', '/api/v1/devices/esp1/key')).status).toBe(200);
  expect(await again.closed).toBe('4401 ACCESS_REVOKED');
  expect((await open(server.url, 'esp1', second)).outcome).toBe('401 TOKEN_REVOKED');
});

test('an ID is a robot with an agent or a plain device, not both', async () => {
  const locked = await startLockedServer();
  await joinRobot(locked, 'r1');
  expect((await locked.api('POST', addPath('r1'))).body).toMatchObject({ code: 'DEVICE_KIND' });
  await locked.api('POST', addPath('esp1'));
  const refused = await locked.api('POST', '/api/v1/devices/esp1/join-token');
  expect(refused).toMatchObject({ status: 409, body: { code: 'DEVICE_KIND' } });
  await locked.api('DELETE', '/api/v1/devices/esp1/key');
  expect((await locked.api('POST', '/api/v1/devices/esp1/join-token')).status).toBe(200);
});

test('an unlocked server lets every ID in; a frame that is too large ends that one connection', async () => {
  const server = await startTestServer();
  const device = await open(server.url, 'esp1');
  const other = await open(server.url, 'esp2');
  expect((await open(server.url, 'no%20ID')).outcome).toBe('400 DEVICE_ID_INVALID');
  device.socket.send(`"${' '.repeat(9 * 1024 * 1024)}"`);
  expect(await device.closed).toMatch(/^1009/);
  await waitFor(() => !server.fleet.device('esp1').online);
  other.socket.send(JSON.stringify({ op: 'publish', topic: '/t', type: 'std_msgs/Float64', msg: { data: 4 } }));
  await waitFor(() => server.fleet.device('esp2').latest('/t')?.message.value['data'] === 4);
});

test('a server that stops says so to devices, and does not wait for them', async () => {
  const server = await startTestServer();
  const device = await open(server.url, 'esp1');
  await server.stop();
  expect(await device.closed).toBe('4503 SERVER_STOPPING');
});
