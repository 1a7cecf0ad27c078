import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { codecFor } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { Inbox, TestAgent, waitFor } from '@longline/testing';
import { expect, test } from 'vitest';
import type { Server } from '../startServer.ts';
import { bytesSchema, floatSchema, int64Schema } from '../testing/schemas.ts';
import { startTestServer } from '../testing/startTestServer.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: Record<string, unknown>;
  readonly headers: Headers;
}

async function ask(
  server: Server,
  path: string,
  options: { readonly method?: string; readonly body?: string; readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { method = 'GET', body, headers = {} } = options;
  const response = await fetch(server.url + path, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, text, json, headers: response.headers };
}

/** A robot that does what it is asked. */
async function obedient(server: Server, device = 'r1'): Promise<TestAgent> {
  const agent: TestAgent = new TestAgent(server.url, device, {
    answer: ({ request: { action }, payload }) => {
      const text = new TextDecoder().decode(payload);
      switch (action.kind) {
        case 'publish':
          if (text.includes('typo'))
            return [{ state: 'rejected', code: 'MESSAGE_INVALID', message: 'There is no field typo.' }];
          if (action.topic === '/forbidden')
            return [{ state: 'rejected', code: 'NOT_ALLOWED', message: 'This is not allowed.' }];
          if (action.topic === '/odd') return [{ state: 'failed', code: 'ODD_ROBOT', message: 'This is odd.' }];
          return [{ state: 'done' }, '{"subscribers":1}'];
        case 'call':
          return [{ state: 'done', encoding: 'json' }, `{"sum":${text.includes('1') ? '18446744073709551615' : '0'}}`];
        case 'standing.set':
          return [{ state: 'done' }, '{"motion":true}'];
        case 'graph':
          return [
            { state: 'done' },
            '{"rosVersion":1,"topics":[],"services":[{"name":"/s","type":"p/S","providers":["/n"]}]}',
          ];
        case 'parameter.list':
          return [{ state: 'done' }, '{"names":["/a"]}'];
        case 'parameter.get':
          return action.name === '/a'
            ? [{ state: 'done' }, '9007199254740993']
            : [{ state: 'failed', code: 'PARAMETER_UNKNOWN', message: 'none' }];
        default:
          return [{ state: 'done' }, '{}'];
      }
    },
  });
  await agent.welcomes.first();
  return agent;
}

test('devices and their topics are listed, those of an offline device too', async () => {
  const server = await startTestServer();
  const agent = await obedient(server);
  agent.send(agent.advertise(1, '/count', int64Schema), { data: 1n });
  await waitFor(() => server.fleet.device('r1').latest('/count'));
  expect((await ask(server, '/api/v1/devices')).json).toMatchObject({
    devices: [{ id: 'r1', online: true, epoch: 1, robot: 'test:', topics: 1 }],
  });
  const topics = { topics: [{ topic: '/count', type: 'std_msgs/Int64', encoding: 'ros1', live: true, messages: 1 }] };
  expect((await ask(server, '/api/v1/devices/r1/topics')).json).toMatchObject(topics);
  await agent.stop();
  await waitFor(() => !server.fleet.device('r1').online);
  expect((await ask(server, '/api/v1/devices/r1')).json).toMatchObject({ online: false });
  expect((await ask(server, '/api/v1/devices/r1/topics')).json).toMatchObject({ topics: [{ live: false }] });
  expect((await ask(server, '/api/v1/devices/r1/latest?topic=/count')).json).toMatchObject({ message: { data: 1 } });
});

test('last values are exact: 64-bit integers keep their digits, NaN its name, times their nanoseconds', async () => {
  const server = await startTestServer();
  const agent = await obedient(server);
  agent.send(
    agent.advertise(1, '/count', int64Schema),
    { data: -9223372036854775808n },
    { logTime: 1_700_000_000_123_456_789n },
  );
  agent.send(agent.advertise(2, '/level', floatSchema), { data: Number.NaN });
  await waitFor(() => server.fleet.device('r1').latest('/level'));
  const count = await ask(server, '/api/v1/devices/r1/latest?topic=/count');
  expect(count.text).toContain('"message":{"data":-9223372036854775808}');
  expect(count.json).toMatchObject({
    device: 'r1',
    topic: '/count',
    type: 'std_msgs/Int64',
    logTime: '2023-11-14T22:13:20.123456789Z',
    logTimeNs: '1700000000123456789',
    sequence: 0,
    bytes: 8,
  });
  expect(count.json['receiveTimeNs']).toMatch(/^\d{19}$/);
  expect((await ask(server, '/api/v1/devices/r1/latest?topic=/level')).json).toMatchObject({
    message: { data: 'NaN' },
  });
  const all = await ask(server, '/api/v1/devices/r1/latest');
  expect(all.text).toContain('-9223372036854775808');
  expect(all.json['latest']).toHaveLength(2);
});

test('the bytes of a message are had as they came, with the times in the headers', async () => {
  const server = await startTestServer();
  const agent = await obedient(server);
  const sent = codecFor(int64Schema, 'ros1').encode({ data: 7n });
  agent.sendBytes(agent.advertise(1, '/count', int64Schema), sent, { logTime: 123n });
  await waitFor(() => server.fleet.device('r1').latest('/count'));
  const response = await fetch(`${server.url}/api/v1/devices/r1/latest?topic=/count`, {
    headers: { accept: 'application/octet-stream' },
  });
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(sent);
  expect(response.headers.get('x-longline-type')).toBe('std_msgs/Int64');
  expect(response.headers.get('x-longline-log-time-ns')).toBe('123');
  expect(response.headers.get('x-longline-encoding')).toBe('ros1');
});

test('bytes that do not fit their definition are an error with a code, and still had as bytes', async () => {
  const server = await startTestServer();
  const agent = await obedient(server);
  const odd: Schema = { name: 'evil\r\nX-Evil: 1/\ud800', encoding: 'ros1msg', text: 'int64 data\n' };
  agent.sendBytes(agent.advertise(1, '/count', int64Schema), new Uint8Array(3));
  agent.sendBytes(agent.advertise(2, '/odd', odd), new Uint8Array(8));
  agent.send(agent.advertise(3, '/large', bytesSchema), { data: new Uint8Array(100_000) });
  await waitFor(() => server.fleet.device('r1').latest('/large'));
  expect(await ask(server, '/api/v1/devices/r1/latest?topic=/count')).toMatchObject({
    status: 502,
    json: { code: 'MESSAGE_INVALID' },
  });
  const headers = { accept: 'application/octet-stream' };
  expect((await ask(server, '/api/v1/devices/r1/latest?topic=/odd', { headers })).status).toBe(200);
  const all = await ask(server, '/api/v1/devices/r1/latest');
  expect(all.json['latest']).toMatchObject([
    { error: { code: 'MESSAGE_INVALID' } },
    {},
    { omitted: expect.any(String) as string },
  ]);
});

test('a command is done by the robot and its exact result comes back', async () => {
  const server = await startTestServer();
  const agent = await obedient(server);
  const path = '/api/v1/devices/r1/commands';
  const publish = await ask(server, path, {
    method: 'POST',
    body: '{"kind":"publish","topic":"/x","type":"std_msgs/Int64","message":{"data":9007199254740993},"id":"c1"}',
  });
  expect(publish).toMatchObject({ status: 200, json: { id: 'c1', state: 'done', result: { subscribers: 1 } } });
  expect(new TextDecoder().decode(agent.requests.items[0]!.payload)).toBe('{"data":9007199254740993}');
  const call = await ask(server, path, { method: 'POST', body: '{"kind":"call","service":"/add","request":{"a":1}}' });
  expect(call.text).toContain('"result":{"sum":18446744073709551615}');
  const set = await ask(server, path, {
    method: 'POST',
    body: '{"kind":"setParameter","name":"/a","value":[1.5,true]}',
  });
  expect(set).toMatchObject({ status: 200, json: { kind: 'setParameter', target: '/a', state: 'done' } });
  const accepted = await ask(server, path, {
    method: 'POST',
    body: '{"kind":"call","service":"/s","waitFor":"accepted"}',
  });
  expect(accepted.status).toBe(202);
  expect((await ask(server, path)).json['commands']).toHaveLength(4);
  expect((await ask(server, `${path}/c1`)).json).toMatchObject({ id: 'c1', kind: 'publish', target: '/x' });
});

test('the time that a body takes to come counts as the age of its command', async () => {
  const server = await startTestServer();
  const agent = await obedient(server);
  const headers = { 'content-type': 'application/json', expect: '100-continue' };
  const slow = httpRequest(`${server.url}/api/v1/devices/r1/commands`, { method: 'POST', headers });
  slow.flushHeaders();
  await once(slow, 'continue');
  const startMs = performance.now();
  await ask(server, '/healthz');
  const elapsedMs = performance.now() - startMs;
  const answered = once(slow, 'response');
  slow.end('{"kind":"call","service":"/s"}');
  await answered;
  const { request } = await agent.requests.first();
  expect(request.ageMs).toBeGreaterThanOrEqual(elapsedMs);
});

test('an idempotency key gives the same command, not a second execution', async () => {
  const server = await startTestServer();
  const agent = await obedient(server);
  const path = '/api/v1/devices/r1/commands';
  const body = '{"kind":"call","service":"/s","id":"once"}';
  const answers = await Promise.all([1, 2, 3].map(() => ask(server, path, { method: 'POST', body })));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(agent.requests.items).toHaveLength(1);
  const other = await ask(server, path, { method: 'POST', body: body.replace('/s', '/t') });
  expect(other).toMatchObject({ status: 409, json: { code: 'COMMAND_ID_REUSED' } });
});

test('standing commands are set, shown, and ended, on one device and on all', async () => {
  const server = await startTestServer();
  const agent = await obedient(server);
  const path = '/api/v1/devices/r1/standing?topic=/cmd_vel';
  const body = '{"type":"geometry_msgs/Twist","message":{"linear":{"x":1}},"rateHz":5,"holdMs":60000}';
  expect(await ask(server, path, { method: 'PUT', body })).toMatchObject({ status: 200, json: { state: 'done' } });
  expect(agent.requests.items[0]?.request.action).toMatchObject({ kind: 'standing.set', rateHz: 5, holdMs: 60000 });
  expect((await ask(server, path)).json).toMatchObject({
    topic: '/cmd_vel',
    motion: true,
    holder: 'local',
    state: 'active',
  });
  expect((await ask(server, '/api/v1/standing')).json).toMatchObject({ standing: [{ device: 'r1' }] });
  expect((await ask(server, path, { method: 'DELETE' })).status).toBe(200);
  expect(await ask(server, path)).toMatchObject({ status: 404, json: { code: 'STANDING_UNKNOWN' } });
  const all = '/api/v1/standing?topic=/cmd_vel';
  const outcomes = { outcomes: [{ device: 'r1', state: 'done' }] };
  expect((await ask(server, all, { method: 'PUT', body })).json).toEqual(outcomes);
  expect((await ask(server, all, { method: 'DELETE' })).json).toEqual(outcomes);
  expect((await ask(server, '/api/v1/devices/r1/standing')).json).toEqual({ standing: [] });
});

test('the robot’s graph, services and parameters are asked from it', async () => {
  const server = await startTestServer();
  await obedient(server);
  expect((await ask(server, '/api/v1/devices/r1/graph')).json).toMatchObject({ rosVersion: 1 });
  expect((await ask(server, '/api/v1/devices/r1/services')).json).toMatchObject({ services: [{ name: '/s' }] });
  expect((await ask(server, '/api/v1/devices/r1/parameters')).json).toEqual({ names: ['/a'] });
  expect((await ask(server, '/api/v1/devices/r1/parameters?name=/a')).text).toBe(
    '{"name":"/a","value":9007199254740993}',
  );
  expect(await ask(server, '/api/v1/devices/r1/parameters?name=/b')).toMatchObject({
    status: 404,
    json: { code: 'PARAMETER_UNKNOWN' },
  });
  const deleted = await ask(server, '/api/v1/devices/r1/parameters?name=/a', { method: 'DELETE' });
  expect(deleted).toMatchObject({ status: 200, json: { kind: 'deleteParameter', target: '/a', state: 'done' } });
});

const post = (body: string): { method: string; body: string } => ({ method: 'POST', body });
const put = (body: string): { method: string; body: string } => ({ method: 'PUT', body });

test.each<[string, { method?: string; body?: string; headers?: Record<string, string> }, number, string]>([
  ['/nothing', {}, 404, 'ROUTE_UNKNOWN'],
  ['/api/v1/devices', { method: 'DELETE' }, 404, 'ROUTE_UNKNOWN'],
  ['/api/v1/devices/%E0%A4%A', {}, 400, 'REQUEST_INVALID'],
  ['/api/v1/devices/r9', {}, 404, 'DEVICE_UNKNOWN'],
  ['/api/v1/devices/-bad', {}, 400, 'DEVICE_ID_INVALID'],
  ['/api/v1/devices/r9/topics', {}, 404, 'DEVICE_UNKNOWN'],
  ['/api/v1/devices/r9/latest?topic=/x', {}, 404, 'DEVICE_UNKNOWN'],
  ['/api/v1/devices/r9/standing', {}, 404, 'DEVICE_UNKNOWN'],
  ['/api/v1/devices/r9/commands', {}, 404, 'DEVICE_UNKNOWN'],
  ['/api/v1/devices/r9/commands/c', {}, 404, 'DEVICE_UNKNOWN'],
  ['/api/v1/devices/r9/graph', {}, 404, 'DEVICE_UNKNOWN'],
  ['/api/v1/devices/r9/services', {}, 404, 'DEVICE_UNKNOWN'],
  ['/api/v1/devices/r9/parameters', {}, 404, 'DEVICE_UNKNOWN'],
  ['/api/v1/devices/r9/commands', post('{"kind":"call","service":"/s"}'), 404, 'DEVICE_UNKNOWN'],
  ['/api/v1/devices/r1/latest?topic=/x', {}, 404, 'TOPIC_UNKNOWN'],
  ['/api/v1/devices/r1/latest?topic=/silent', {}, 404, 'MESSAGE_NONE'],
  ['/api/v1/devices/r1/commands/c', {}, 404, 'COMMAND_UNKNOWN'],
  ['/api/v1/devices/r1/standing?topic=/x', {}, 404, 'STANDING_UNKNOWN'],
  ['/api/v1/devices/r1/standing', put('{"message":{}}'), 400, 'REQUEST_INVALID'],
  ['/api/v1/devices/r1/standing?topic=/x', put('{}'), 400, 'REQUEST_INVALID'],
  ['/api/v1/devices/r1/standing?topic=/x', put('{"message":{},"rateHz":0}'), 400, 'REQUEST_INVALID'],
  ['/api/v1/devices/r1/standing?topic=/x', put('{"message":{},"hold":5}'), 400, 'REQUEST_INVALID'],
  ['/api/v1/standing', { method: 'DELETE' }, 400, 'REQUEST_INVALID'],
  ['/api/v1/devices/r1/commands', post('{"kind":"dance"}'), 400, 'REQUEST_INVALID'],
  ['/api/v1/devices/r1/commands', post('{"kind":"publish","topic":"/x"}'), 400, 'REQUEST_INVALID'],
  ['/api/v1/devices/r1/commands', post('{"kind":"publish","topic":"/x","massage":{}}'), 400, 'REQUEST_INVALID'],
  ['/api/v1/devices/r1/commands', post('{not json'), 400, 'REQUEST_INVALID'],
  ['/api/v1/devices/r1/commands', post(''), 400, 'REQUEST_INVALID'],
  ['/api/v1/devices/r1/commands', post('['.repeat(500)), 400, 'REQUEST_INVALID'],
  ['/api/v1/devices/r1/commands', post(' '.repeat(1024 * 1024 + 1)), 413, 'BODY_TOO_LARGE'],
  ['/api/v1/devices/r1/commands', { ...post('x'), headers: { 'content-type': 'text/plain' } }, 415, 'REQUEST_INVALID'],
  ['/api/v1/devices/r1/commands', post('{"kind":"publish","topic":"/x","message":{"typo":1}}'), 400, 'MESSAGE_INVALID'],
  ['/api/v1/devices/r1/commands', post('{"kind":"publish","topic":"/forbidden","message":{}}'), 403, 'NOT_ALLOWED'],
  ['/api/v1/devices/r1/commands', post('{"kind":"publish","topic":"/odd","message":{}}'), 502, 'ODD_ROBOT'],
  ['/api/v1/devices/gone/graph', {}, 409, 'DEVICE_OFFLINE'],
  ['/api/v1/devices/gone/commands', post('{"kind":"call","service":"/s"}'), 409, 'DEVICE_OFFLINE'],
  ['/api/v1/devices/gone/standing?topic=/x', put('{"message":{}}'), 409, 'DEVICE_OFFLINE'],
  ['/api/v1/devices/gone/standing?topic=/x', { method: 'DELETE' }, 409, 'DEVICE_OFFLINE'],
  [
    '/api/v1/standing?topic=/x',
    { ...put('{"message":{}}'), headers: { origin: 'http://evil.example' } },
    403,
    'ORIGIN_FORBIDDEN',
  ],
])('%s %o is answered with %i %s and a sentence', async (path, options, status, code) => {
  const server = await startTestServer();
  const gone = await obedient(server, 'gone');
  await gone.stop();
  const agent = await obedient(server);
  agent.advertise(1, '/silent', int64Schema);
  await waitFor(() => server.fleet.device('r1').channels().length === 1 && !server.fleet.device('gone').online);
  const answer = await ask(server, path, options);
  expect(answer).toMatchObject({ status, json: { code, details: {} } });
  expect(Object.keys(answer.json).sort()).toEqual(['code', 'details', 'message']);
  expect(answer.json['message']).toMatch(/^.{10,}\.$/s);
});

test('a host name that DNS was made to point here is refused on every path', async () => {
  const server = await startTestServer();
  for (const path of ['/', '/healthz', '/api/v1/devices', '/nothing']) {
    const statuses = new Inbox<number | undefined>();
    const request = httpRequest(
      { port: server.port, host: '127.0.0.1', path, headers: { host: 'evil.example' } },
      (response) => {
        statuses.add(response.statusCode);
        response.resume();
      },
    );
    request.end();
    expect(await statuses.first()).toBe(403);
  }
  for (const host of ['localhost', '127.0.0.1:1', '[::1]:80', 'LOCALHOST:8080']) {
    const statuses = new Inbox<number | undefined>();
    httpRequest({ port: server.port, host: '127.0.0.1', path: '/healthz', headers: { host } }, (response) => {
      statuses.add(response.statusCode);
      response.resume();
    }).end();
    expect(await statuses.first()).toBe(200);
  }
});

test('what is not HTTP is answered in the same format', async () => {
  const server = await startTestServer();
  const received = new Inbox<string>();
  const socket = connect(server.port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  socket.on('close', () => received.add(text));
  socket.end('NONSENSE\r\n\r\n');
  expect(await received.first()).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"REQUEST_INVALID"/);
});

test('health, readiness, metrics and the page for people are there', async () => {
  const server = await startTestServer();
  const agent = await obedient(server);
  agent.send(agent.advertise(1, '/count', int64Schema), { data: 1n });
  await waitFor(() => server.fleet.device('r1').latest('/count'));
  await server.fleet.device('r1').command({ kind: 'call', service: '/s' });
  expect((await ask(server, '/healthz')).json).toEqual({ status: 'ok' });
  expect((await ask(server, '/readyz')).json).toEqual({ status: 'ready' });
  const metrics = (await ask(server, '/metrics')).text;
  expect(metrics).toContain('longline_devices{state="online"} 1');
  expect(metrics).toContain('longline_received_messages_total 1');
  expect(metrics).toContain('longline_commands_total{state="done"} 1');
  expect((await ask(server, '/')).text).toContain('/api/v1/openapi.json');
  for (const line of metrics.split('\n').filter((each) => each.startsWith('# TYPE'))) {
    expect(line).toMatch(/^# TYPE (longline|process)_[a-z_]+ (counter|gauge|histogram)$/);
    expect(line.endsWith('counter')).toBe(line.includes('_total '));
  }
  expect(metrics).not.toContain('r1');
});

test.each([
  ['GET', '/api/v1/devices/r1/latest?topc=/count', undefined, 'REQUEST_INVALID', /querystring: .*topc/],
  ['POST', '/api/v1/devices/r1/commands', '{', 'REQUEST_INVALID', /^The body cannot be read\. A JSON text/],
  ['GET', '/api/v1/line', undefined, 'ROUTE_UNKNOWN', /WebSockets of the subprotocol longline\.v1/],
])('what is wrong with %s %s is said', async (method, path, body, code, message) => {
  const server = await startTestServer();
  const agent = await obedient(server);
  await agent.welcomes.first();
  const { json } = await ask(server, path, { method, ...(body === undefined ? {} : { body }) });
  expect(json).toMatchObject({ code, message: expect.stringMatching(message) as string });
});

test('a body that is not JSON by its header is refused with the header to send', async () => {
  const server = await startTestServer();
  await obedient(server);
  const options = { method: 'POST', body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  const { json, status } = await ask(server, '/api/v1/devices/r1/commands', options);
  expect(status).toBe(415);
  expect(json).toMatchObject({
    code: 'REQUEST_INVALID',
    message: expect.stringContaining('content-type: application/json') as string,
  });
});
