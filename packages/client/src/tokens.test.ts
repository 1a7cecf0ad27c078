import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { bindWebSocket, subprotocols } from '@longline/line';
import { systemClock } from '@longline/ros';
import { Inbox } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { connect } from './connect.ts';
import type { TokenSource } from './dialServer.ts';
import { FakeLiveServer } from './FakeLiveServer.fixture.ts';
import type { Fleet } from './Fleet.ts';
import type { FleetStatus } from './StatusStream.ts';

/** Refuses or lets in, as a locked server does. */
interface Door {
  readonly url: string;
  readonly live: FakeLiveServer;
  /** What came: `POST /api/v1/tickets Bearer ll_a`. */
  readonly asked: string[];
  /** Answers a request for a ticket; by default with one. */
  answer: (authorization: string | undefined) => readonly [number, object];
}

async function door(): Promise<Door> {
  const live = new FakeLiveServer(systemClock);
  const asked: string[] = [];
  const tickets = new Set<string>();
  const told = ({ method, url, headers }: IncomingMessage): void =>
    void asked.push(`${method} ${url} ${headers.authorization ?? '-'}`);
  const http = createServer((request, response) => {
    told(request);
    const [status, body] = made.answer(request.headers.authorization);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const made: Door = {
    url: '',
    live,
    asked,
    answer: () => {
      const ticket = `t${tickets.size}`;
      tickets.add(ticket);
      return [200, { ticket, expiresInMs: 30_000 }];
    },
  };
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => subprotocols.find((name) => offered.has(name)) ?? false,
  });
  http.on('upgrade', (request, socket, head) => {
    told(request);
    const ticket = new URL(request.url ?? '', 'http://x').searchParams.get('ticket') ?? '';
    if (tickets.has(ticket)) sockets.handleUpgrade(request, socket, head, (line) => bindWebSocket(line, live.attach));
    else socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => {
    for (const line of sockets.clients) line.terminate();
    http.closeAllConnections();
    http.close();
  });
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('the server has a port');
  return Object.assign(made, { url: `http://127.0.0.1:${address.port}` });
}

function keep(
  url: string,
  token?: TokenSource,
): { fleet: Fleet; ends: Inbox<FleetStatus & { state: 'disconnected' }> } {
  const fleet = connect(url, { token, random: () => 0 });
  onTestFinished(() => fleet.close());
  const ends = new Inbox<FleetStatus & { state: 'disconnected' }>();
  fleet.onStatus((status) => {
    if (status.state === 'disconnected') ends.add(status);
  });
  return { fleet, ends };
}

test('a token is sent in a header for a ticket, and the ticket opens the WebSocket', async () => {
  const { asked, url } = await door();
  const { fleet } = keep(url, 'll_a');
  expect((await fleet.devices()).map(({ device }) => device)).toEqual(['r1']);
  expect(asked).toEqual(['POST /api/v1/tickets Bearer ll_a', 'GET /api/v1/live?ticket=t0 -']);
});

test('each connection has a ticket of its own, by the token of then', async () => {
  const { asked, live, url } = await door();
  let count = 0;
  const { fleet, ends } = keep(url, () => Promise.resolve(`ll_${count++}`));
  await fleet.ready();
  live.live?.close('SERVER_STOPPING', 'comes back');
  expect((await ends.first()).refused).toBeUndefined();
  await fleet.ready();
  expect(asked.filter((line) => line.startsWith('POST'))).toEqual([
    'POST /api/v1/tickets Bearer ll_0',
    'POST /api/v1/tickets Bearer ll_1',
  ]);
});

test('credentials that are not taken are told with their code, and shown again only after half a minute', async () => {
  const refusing = await door();
  refusing.answer = () => [401, { code: 'TOKEN_REVOKED', message: 'The token ann was revoked.', details: {} }];
  const { ends } = keep(refusing.url, 'll_a');
  expect(await ends.first()).toEqual({
    state: 'disconnected',
    code: 'TOKEN_REVOKED',
    reason: 'The token ann was revoked.',
    retryInMs: 30_000,
    refused: true,
  });
});

test('without a token it is told that one is needed, though a WebSocket does not say why it was refused', async () => {
  const refusing = await door();
  refusing.answer = (authorization) => {
    expect(authorization).toBeUndefined();
    return [401, { code: 'CREDENTIAL_NEEDED', message: 'This server is locked.', details: {} }];
  };
  const { ends } = keep(refusing.url);
  expect(await ends.first()).toMatchObject({ code: 'CREDENTIAL_NEEDED', refused: true, retryInMs: 30_000 });
  expect(refusing.asked.at(-1)).toBe('POST /api/v1/tickets -');
});

test('a revoked token ends the line for half a minute, changed rights for a moment', async () => {
  const { live, url } = await door();
  const { fleet, ends } = keep(url, 'll_a');
  await fleet.ready();
  live.live?.close('RIGHTS_CHANGED', 'the rights of the token changed');
  const changed = await ends.first();
  expect(changed.code).toBe('RIGHTS_CHANGED');
  expect(changed.refused).toBeUndefined();
  expect(changed.retryInMs).toBeLessThanOrEqual(500);
  await fleet.ready();
  live.live?.close('ACCESS_REVOKED', 'the token was revoked');
  const revoked = await ends.first(({ code }) => code === 'ACCESS_REVOKED');
  expect(revoked).toMatchObject({ refused: true, retryInMs: 30_000 });
});

test.each([
  [503, { code: 'SERVER_STOPPING', message: 'The server is stopping.' }, 'SERVER_STOPPING'],
  [429, { code: 'TOO_MANY_REQUESTS', message: 'Send fewer.' }, 'TOO_MANY_REQUESTS'],
  [502, { html: 'Bad gateway' }, 'SERVER_UNREACHABLE'],
  [200, {}, 'SERVER_UNREACHABLE'],
])('an answer of %i %j is tried again soon', async (status, body, code) => {
  const busy = await door();
  busy.answer = () => [status, body];
  const end = await keep(busy.url, 'll_a').ends.first();
  expect(end).toMatchObject({ code });
  expect(end.refused).toBeUndefined();
  expect(end.retryInMs).toBeLessThan(5_000);
});

test('a token that cannot be had is no end of trying', async () => {
  const { url } = await door();
  const { ends } = keep(url, () => Promise.reject(new Error('the keychain is closed')));
  expect(await ends.first()).toMatchObject({ code: 'SERVER_UNREACHABLE', reason: 'the keychain is closed' });
});

test('a fleet that is closed while it waits for a token is closed at once', async () => {
  const { url } = await door();
  const asked = Promise.withResolvers<undefined>();
  const { fleet } = keep(url, () => {
    asked.resolve(undefined);
    return new Promise<string>(() => undefined);
  });
  await asked.promise;
  const beganMs = performance.now();
  await fleet.close();
  expect(performance.now() - beganMs).toBeLessThan(1_000);
});
