import { recordKinds, subprotocols } from '@longline/line';
import type { HelloSigner } from '@longline/line';
import { Inbox, TcpProxy, TestAgent } from '@longline/testing';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { joinRobot } from '../testing/joinRobot.ts';
import { startLockedServer } from '../testing/startLockedServer.ts';

const online = async (agent: TestAgent): Promise<void> => {
  await agent.welcomes.first();
};

test('a robot that joined is let in; one that did not, or signs with another key, is refused with what to do', async () => {
  const locked = await startLockedServer();
  const { url } = locked.server;
  const signer = await joinRobot(locked, 'r1');
  const other = await joinRobot(locked, 'r2');
  await online(new TestAgent(url, 'r1', { signer }));
  const refused = async (device: string, with_?: HelloSigner): Promise<unknown> =>
    new TestAgent(url, device, with_ === undefined ? {} : { signer: with_ }).closes.first();
  expect(await refused('r1')).toMatchObject({ closeCode: 4401, code: 'DEVICE_KEY_NEEDED' });
  expect(await refused('r3', signer)).toMatchObject({ closeCode: 4401, code: 'DEVICE_KEY_UNKNOWN' });
  expect(await refused('r1', other)).toMatchObject({ closeCode: 4401, code: 'SIGNATURE_INVALID' });
  expect(locked.server.fleet.devices().map(({ id }) => id)).toEqual(['r1']);
  // The first at once, the others with the next entry.
  const { body } = await locked.api('GET', '/api/v1/audit?what=login.failed');
  expect(body['entries']).toEqual([
    expect.objectContaining({ device: 'r1', code: 'DEVICE_KEY_NEEDED', details: { count: 1, address: '127.0.0.1' } }),
  ]);
});

test('the line of a robot ends at once when its key is revoked or exchanged, and the old key opens none again', async () => {
  const locked = await startLockedServer();
  const { url } = locked.server;
  const before = await joinRobot(locked, 'r1');
  const first = new TestAgent(url, 'r1', { signer: before });
  await online(first);
  const after = await joinRobot(locked, 'r1');
  expect(await first.closes.first()).toMatchObject({ closeCode: 4401, code: 'ACCESS_REVOKED' });
  expect(await new TestAgent(url, 'r1', { signer: before }).closes.first()).toMatchObject({
    code: 'SIGNATURE_INVALID',
  });
  const second = new TestAgent(url, 'r1', { signer: after });
  await online(second);
  expect((await locked.api('DELETE', '/api/v1/devices/r1/key')).status).toBe(200);
  expect(await second.closes.first()).toMatchObject({ closeCode: 4401, code: 'ACCESS_REVOKED' });
  expect(await new TestAgent(url, 'r1', { signer: after }).closes.first()).toMatchObject({
    code: 'DEVICE_KEY_REVOKED',
  });
  expect(locked.server.fleet.device('r1').online).toBe(false);
  expect((await locked.api('GET', '/api/v1/keys')).body['keys']).toMatchObject([
    { device: 'r1', revoked: expect.any(String) as string },
  ]);
});

test('a captured hello opens no other connection', async () => {
  const locked = await startLockedServer();
  const { url } = locked.server;
  const signer = await joinRobot(locked, 'r1');
  const captured: Buffer[] = [];
  const agent = new TestAgent(url, 'r1', { signer });
  const send = agent.socket.send.bind(agent.socket);
  agent.socket.send = (data: Buffer, ...rest: never[]) => {
    captured.push(Buffer.from(data));
    send(data, ...rest);
  };
  await online(agent);
  await agent.stop();
  const replay = new WebSocket(`${url.replace('http', 'ws')}/api/v1/line`, [...subprotocols]);
  const closes = new Inbox<string>();
  replay.on('open', () => replay.send(captured[0] ?? ''));
  replay.on('close', (_code, reason: Buffer) => closes.add(reason.toString()));
  expect(await closes.first()).toMatch(/^SIGNATURE_INVALID/);
  expect(captured[0]?.[0]).toBe(recordKinds.hello);
});

test('something on the way that alters any byte of the hello opens no line', { timeout: 60_000 }, async () => {
  const locked = await startLockedServer({ limits: { line: { helloTimeoutMs: 500 } } });
  const signer = await joinRobot(locked, 'r1');
  const proxy = await TcpProxy.start(locked.server.port);
  onTestFinished(() => proxy.stop());
  let at = -1;
  let helloBytes = 0;
  await proxy.set({
    up: {
      alter: (data) => {
        // The upgrade passes.
        if (data.toString('latin1', 0, 4) === 'GET ') return data;
        helloBytes ||= data.length;
        const altered = Buffer.from(data);
        if (at >= 0 && at < altered.length) altered[at]! ^= 1 << (at % 8);
        return altered;
      },
    },
  });
  await online(new TestAgent(proxy.url, 'r1', { signer }));
  const codes = new Set<string | undefined>();
  const outcomes = Array.from({ length: helloBytes }, (_, index) => index);
  for (at of outcomes) {
    const agent = new TestAgent(proxy.url, 'r1', { signer });
    const { code } = await agent.closes.first();
    expect(agent.welcomes.items).toEqual([]);
    codes.add(code);
  }
  expect(codes).toContain('SIGNATURE_INVALID');
  expect(codes).not.toContain('INTERNAL');
  at = -1;
  await online(new TestAgent(proxy.url, 'r1', { signer }));
});
