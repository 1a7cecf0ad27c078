import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { CallConnection, MAX_WAITING_CALLS } from './CallConnection.ts';
import { CallPool, MAX_CALL_CONNECTIONS } from './CallPool.ts';
import { FakeRosbridge } from './FakeRosbridge.fixture.ts';

/** Typed as unknown, unlike Vitest's own. */
const containing = (text: string): unknown => expect.stringContaining(text);

function setUp() {
  const clock = new FakeClock();
  const server = new FakeRosbridge();
  server.services.set('/ok', (args) => args);
  server.services.set('/stuck', () => 'silence');
  const options = { url: 'ws://robot:9090', openSocket: server.open, clock, handleProblem: () => undefined };
  return { clock, server, options, connection: new CallConnection(options) };
}
const call = (service: string, args: unknown = {}) => ({ service, argsJson: JSON.stringify(args) });

test('calls are answered in order over one connection', async () => {
  const { connection, server, clock } = setUp();
  const answers = await Promise.all([1, 2, 3].map((n) => connection.call(call('/ok', { n }), { deadlineMs: 1000 })));
  expect(answers.map(({ values }) => values)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  expect(server.opened).toBe(1);
  expect(clock.pendingTimers).toBe(0);
});

test('a refusal is an answer', async () => {
  const { connection } = setUp();
  expect(await connection.call(call('/nope'), { deadlineMs: 1000 })).toEqual({
    result: false,
    values: 'Service /nope does not exist',
  });
});

test('a call that is never answered rejects at its deadline with the likely causes, and those behind it go on with a new connection', async () => {
  const { connection, server, clock } = setUp();
  const stuck = connection.call(call('/stuck'), { deadlineMs: 1000 });
  const behind = connection.call(call('/ok', { n: 1 }), { deadlineMs: 5000 });
  const refusal = expect(stuck).rejects.toMatchObject({
    code: 'ROS_TIMEOUT',
    message: containing('reports no errors'),
  });
  await clock.advance(1000);
  await refusal;
  expect((await behind).values).toEqual({ n: 1 });
  expect(server.opened).toBe(2);
  expect(server.connectionCount).toBe(1);
});

test('an aborted call frees the connection', async () => {
  const { connection } = setUp();
  const controller = new AbortController();
  const stuck = connection.call(call('/stuck'), { deadlineMs: 1000, signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(stuck).rejects.toThrow('enough');
  await expect(connection.call(call('/ok'), { deadlineMs: 1000 })).resolves.toBeDefined();
});

test('a server that goes away fails what is under way, and a later call connects again', async () => {
  const { connection, server, clock } = setUp();
  const stuck = connection.call(call('/stuck'), { deadlineMs: 1000 });
  const refusal = expect(stuck).rejects.toMatchObject({ code: 'ROS_UNREACHABLE' });
  await clock.advance(0);
  server.crash();
  await refusal;
  await expect(connection.call(call('/ok'), { deadlineMs: 1000 })).resolves.toBeDefined();
});

test('waiting calls are bounded', async () => {
  const { connection } = setUp();
  const calls = Array.from({ length: MAX_WAITING_CALLS + 1 }, () =>
    connection.call(call('/stuck'), { deadlineMs: 1000 }).catch((error: unknown) => error),
  );
  expect(await calls.at(-1)).toMatchObject({ code: 'ROS_TIMEOUT', message: containing('wait') });
  connection.close();
  expect(await calls[0]).toMatchObject({ code: 'ROS_UNREACHABLE' });
});

test('a pool answers quick calls beside a stuck one, on a bounded number of connections', async () => {
  const { options, server } = setUp();
  const pool = new CallPool(options);
  const stuck = pool.call(call('/stuck'), { deadlineMs: 1000 }).catch((error: unknown) => error);
  await expect(pool.call(call('/ok'), { deadlineMs: 1000 })).resolves.toBeDefined();
  for (let i = 0; i < 20; i++) pool.call(call('/stuck'), { deadlineMs: 1000 }).catch(() => undefined);
  expect(server.opened).toBe(MAX_CALL_CONNECTIONS);
  pool.close();
  expect(await stuck).toMatchObject({ code: 'ROS_UNREACHABLE' });
  await expect(pool.call(call('/ok'), { deadlineMs: 1000 })).rejects.toMatchObject({ code: 'ROS_UNREACHABLE' });
});
