import { expect, test } from 'vitest';
import { OriginGuard, parseOrigin } from './OriginGuard.ts';
import type { OriginGuardOptions } from './OriginGuard.ts';
import { TrustedProxies } from './TrustedProxies.ts';

interface Visit {
  readonly host?: string;
  readonly origin?: string;
  readonly from?: string;
  readonly encrypted?: boolean;
  readonly forwardedFor?: string;
}

/** The code with which an upgrade is refused. */
function refusal(options: Partial<OriginGuardOptions>, visit: Visit): string | undefined {
  const { host, origin, from = '127.0.0.1', encrypted = false, forwardedFor } = visit;
  const headers = {
    ...(host === undefined ? {} : { host }),
    ...(origin === undefined ? {} : { origin }),
    ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }),
  };
  try {
    const guard = new OriginGuard({ proxies: new TrustedProxies(), ...options });
    guard.checkUpgrade({ headers, socket: { remoteAddress: from, encrypted } });
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const publicUrl = new URL('https://fleet.example.com');

test.each(['localhost', 'LOCALHOST:8080', '127.0.0.1:8080', '[::1]:8080', '192.168.1.5', '[2001:db8::1]'])(
  '%s is nobody’s to rebind',
  (host) => {
    expect(refusal({}, { host })).toBeUndefined();
  },
);

test.each([
  undefined,
  '',
  'evil.example',
  'localhost.evil.example',
  'user@localhost',
  'localhost:80:80',
  '[::1',
  '127.0.0.1.nip.io',
  '0x7f.1',
])('the Host %j is none of the server’s', (host) => {
  expect(refusal({}, host === undefined ? {} : { host })).toBe('HOST_FORBIDDEN');
});

test('the names of the public address and of the certificate are the server’s', () => {
  const certifies = (name: string): boolean => name === 'robots.example.com';
  expect(refusal({ publicUrl }, { host: 'fleet.example.com' })).toBeUndefined();
  expect(refusal({ publicUrl }, { host: 'robots.example.com' })).toBe('HOST_FORBIDDEN');
  expect(refusal({ certifies }, { host: 'robots.example.com:8443' })).toBeUndefined();
  expect(refusal({ certifies }, { host: 'fleet.example.com' })).toBe('HOST_FORBIDDEN');
});

test('the refusal of a name says which option makes it the server’s', () => {
  const guard = new OriginGuard({ proxies: new TrustedProxies() });
  expect(() => guard.checkHttp('GET', { headers: { host: 'fleet.example.com' }, socket: {} })).toThrow('--public-url');
});

test.each([
  ['http://localhost:8080', false, undefined],
  ['http://LOCALHOST:8080', false, undefined],
  ['https://localhost:8080', true, undefined],
  ['https://localhost:8080', false, 'ORIGIN_FORBIDDEN'],
  ['http://localhost:8080', true, 'ORIGIN_FORBIDDEN'],
  ['http://localhost', false, 'ORIGIN_FORBIDDEN'],
  ['https://fleet.example.com', false, undefined],
  ['http://fleet.example.com', false, 'ORIGIN_FORBIDDEN'],
  ['https://fleet.example.com.evil.example', false, 'ORIGIN_FORBIDDEN'],
  ['null', false, 'ORIGIN_FORBIDDEN'],
  ['', false, 'ORIGIN_FORBIDDEN'],
  ['file://', false, 'ORIGIN_FORBIDDEN'],
])('pages of %s, with TLS %s: %s', (origin, encrypted, code) => {
  expect(refusal({ publicUrl }, { host: 'localhost:8080', origin, encrypted })).toBe(code);
});

test.each([
  ['https://viewer.example.com', undefined],
  ['https://VIEWER.example.com:443', undefined],
  ['file://', undefined],
  ['http://viewer.example.com', 'ORIGIN_FORBIDDEN'],
  ['https://viewer.example.com.evil.example', 'ORIGIN_FORBIDDEN'],
  ['null', 'ORIGIN_FORBIDDEN'],
])('where viewers elsewhere are allowed, the WebSocket of a page of %s: %s', (origin, code) => {
  const allowOrigins = ['https://viewer.example.com/', 'file://'].map(parseOrigin);
  const guard = new OriginGuard({ proxies: new TrustedProxies(), allowOrigins });
  const arrival = { headers: { host: 'localhost:8080', origin }, socket: {} };
  if (code === undefined) expect(() => guard.checkUpgrade(arrival)).not.toThrow();
  else expect(() => guard.checkUpgrade(arrival)).toThrow('--allow-origin');
  // Requests change nothing all the same.
  expect(() => guard.checkHttp('POST', arrival)).toThrow('may not command');
});

test.each(['', 'viewer.example.com', 'https://viewer.example.com/page', 'null', '*', 'file:///home'])(
  '%j is no origin',
  (text) => {
    expect(() => parseOrigin(text)).toThrow('--allow-origin');
  },
);

test('pages may read what they can, and change nothing', () => {
  const guard = new OriginGuard({ proxies: new TrustedProxies() });
  const arrival = { headers: { host: 'localhost', origin: 'https://evil.example' }, socket: {} };
  for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(() => guard.checkHttp(method, arrival)).not.toThrow();
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'get']) {
    expect(() => guard.checkHttp(method, arrival)).toThrow('may not command');
  }
});

test('behind a proxy nobody comes past it, but for programs of this machine', () => {
  const proxies = new TrustedProxies(['10.0.0.5']);
  const options = { proxies, publicUrl, onlyThroughProxies: true };
  const host = 'fleet.example.com';
  expect(refusal(options, { host, from: '10.0.0.5', forwardedFor: '198.51.100.1' })).toBeUndefined();
  expect(refusal(options, { host, from: '127.0.0.1' })).toBeUndefined();
  expect(refusal(options, { host, from: '10.0.0.6' })).toBe('HOST_FORBIDDEN');
});

test('an unlocked server of one machine is not carried beyond it by a proxy', () => {
  const options = { neverThroughProxies: true };
  expect(refusal(options, { host: '127.0.0.1:8080', forwardedFor: '198.51.100.1' })).toBe('HOST_FORBIDDEN');
  expect(refusal(options, { host: '127.0.0.1:8080' })).toBeUndefined();
});
