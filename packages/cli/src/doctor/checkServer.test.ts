import { expect, test } from 'vitest';
import { checkLogin } from './checkLogin.ts';
import { checkServer } from './checkServer.ts';
import { FakeMachine, NOW_MS } from './FakeMachine.fixture.ts';
import { findingLines } from './findingLines.ts';

const url = 'https://fleet.example.com';
const DAY_MS = 86_400_000;

async function found(machine: FakeMachine, at = url): Promise<string[]> {
  return (await checkServer(machine, { url: at })).map(({ level, what }) => `${level} ${what}`);
}

test('a server that is well is reached in all its steps', async () => {
  const findings = await checkServer(new FakeMachine(), { url });
  expect(findingLines(findings)).toBe(
    'ok    name: fleet.example.com is 203.0.113.5\n' +
      'ok    tcp: fleet.example.com port 443 answers\n' +
      'ok    certificate: good for fleet.example.com, for 60 more days\n' +
      'ok    server: https://fleet.example.com is ready\n' +
      "ok    clock: agrees with the server's to about a second\n" +
      'ok    websocket: upgrades reach the server\n',
  );
});

test.each<[string, (machine: FakeMachine) => void, string]>([
  ['a name without an address', (machine) => (machine.addresses = new Error('getaddrinfo ENOTFOUND')), 'fail name'],
  ['a closed port', (machine) => (machine.tcp = new Error('connect ECONNREFUSED')), 'fail tcp'],
  ['what is no TLS', (machine) => (machine.shown = new Error('wrong version number')), 'fail tls'],
  [
    'a certificate for another name',
    (machine) => (machine.shown = { expiresMs: NOW_MS + DAY_MS, distrust: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
    'fail certificate',
  ],
  [
    'a certificate that ends soon',
    (machine) => (machine.shown = { expiresMs: NOW_MS + 3.5 * DAY_MS, distrust: undefined }),
    'warn certificate',
  ],
  ['a proxy without a server', (machine) => (machine.ready = { status: 502, body: '<html>' }), 'fail server'],
  [
    'a server that stops',
    (machine) => (machine.ready = { status: 503, body: '{"code":"SERVER_STOPPING","message":"Use another."}' }),
    'fail server',
  ],
  ['a clock that is 3 s ahead', (machine) => (machine.clockErrorMs = 3_000), 'warn clock'],
  [
    'a proxy that takes upgrades away',
    (machine) => (machine.upgraded = { status: 404, body: '{"code":"ROUTE_UNKNOWN"}' }),
    'fail websocket',
  ],
  [
    'a proxy that answers upgrades itself',
    (machine) => (machine.upgraded = { status: 200, body: 'hello' }),
    'fail websocket',
  ],
])('%s is found, with what to do, and nothing behind it is tried in vain', async (_what, breakIt, expected) => {
  const machine = new FakeMachine();
  breakIt(machine);
  const findings = await checkServer(machine, { url });
  const bad = findings.filter(({ level }) => level !== 'ok');
  expect(bad.map(({ level, what }) => `${level} ${what}`)).toEqual([expected]);
  expect(bad[0]?.advice).toMatch(/\w/);
  if (expected.startsWith('fail')) expect(findings.at(-1)).toBe(bad[0]);
});

test('a clock is not blamed for what a Date header and a slow answer cannot tell', async () => {
  const machine = new FakeMachine();
  machine.clockErrorMs = 1_400;
  expect(await found(machine)).toContain('ok clock');
  machine.clockErrorMs = 3_000;
  machine.ready = { tookMs: 4_000 };
  expect(await found(machine)).toContain('ok clock');
});

test('without TLS another machine is a warning, this one is not; what is no address is refused', async () => {
  expect(await found(new FakeMachine(), 'http://fleet.example.com')).toContain('warn tls');
  expect(await found(new FakeMachine(), 'ws://127.0.0.1:8080')).not.toContain('warn tls');
  expect(await found(new FakeMachine(), 'fleet')).toEqual(['fail server']);
});

test('a proxy is named without its password', async () => {
  const findings = await checkServer(new FakeMachine(), { url, proxy: 'http://ann:secret@proxy:3128' });
  expect(JSON.stringify(findings)).toContain('proxy:3128');
  expect(JSON.stringify(findings)).not.toContain('secret');
});

test.each<[string, string | undefined, object | string, string]>([
  ['who one is', 'll_x', { name: 'ann', role: 'viewer', locked: true }, 'ok login: ann (viewer)'],
  [
    'how long',
    'll_x',
    { name: 'ann', role: 'viewer', locked: true, expires: days(40.5) },
    'ok login: ann (viewer), for 40 more days',
  ],
  [
    'that it ends soon',
    'll_x',
    { name: 'ann', role: 'viewer', locked: true, expires: days(3.5) },
    'warn login: ann (viewer), for 3 more days',
  ],
  [
    'an unlocked server',
    undefined,
    { name: 'local', role: 'admin', locked: false },
    'warn login: https://fleet.example.com asks nobody',
  ],
  ['a page that is none of ours', 'll_x', '<html>', 'fail login: https://fleet.example.com does not tell'],
])('the login tells %s', async (_what, token, body, expected) => {
  const machine = new FakeMachine();
  machine.whoami = { status: 200, body: typeof body === 'string' ? body : JSON.stringify(body) };
  const [finding] = await checkLogin(machine, { url, token });
  expect(`${finding?.level} ${finding?.what}: ${finding?.finding}`).toContain(expected);
  expect(machine.tokens).toEqual([token]);
});

test('a refused token and a missing one are told apart, and no token is shown', async () => {
  const machine = new FakeMachine();
  machine.whoami = { status: 401, body: '{"code":"TOKEN_EXPIRED","message":"Ask for another."}' };
  const refused = await checkLogin(machine, { url, token: 'll_secret' });
  expect(refused).toMatchObject([{ level: 'fail', finding: expect.stringContaining('TOKEN_EXPIRED') as string }]);
  expect(JSON.stringify(refused)).not.toContain('ll_secret');
  expect(await checkLogin(machine, { url, token: undefined })).toMatchObject([{ level: 'warn' }]);
});

function days(count: number): string {
  return new Date(NOW_MS + count * DAY_MS).toISOString();
}
