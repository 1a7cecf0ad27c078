import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressGroup, networkAddress } from './networkAddress.ts';
import { TrustedProxies } from './TrustedProxies.ts';
import type { Arrival } from './TrustedProxies.ts';

const from = (remoteAddress: string, headers: Arrival['headers'] = {}): Arrival => ({
  headers,
  socket: { remoteAddress },
});
const proxies = new TrustedProxies(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);

test.each([
  ['what the peer itself says of others is not believed', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['a proxy is believed', '127.0.0.1', '198.51.100.1', '198.51.100.1'],
  [
    'what the client wrote before the proxy did is not believed',
    '10.1.2.3',
    '192.0.2.66, 198.51.100.1',
    '198.51.100.1',
  ],
  ['a proxy before a proxy is followed', '127.0.0.1', '192.0.2.66, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
  ['with proxies alone it is the farthest', '127.0.0.1', '10.0.0.2, 10.0.0.1', '10.0.0.2'],
  ['a proxy that is mapped into IPv6 is the same', '::ffff:127.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['a client that is mapped into IPv6 is the same', '127.0.0.1', '::ffff:198.51.100.1', '198.51.100.1'],
  ['IPv6 works', 'fd00::1', '2001:db8::7', '2001:db8::7'],
  ['beyond garbage nobody is believed', '127.0.0.1', '192.0.2.66, nonsense, 10.0.0.1', '10.0.0.1'],
  ['an empty header says nothing', '127.0.0.1', '', '127.0.0.1'],
])('%s', (_claim, peer, forwarded, address) => {
  expect(proxies.addressOf(from(peer, { 'x-forwarded-for': forwarded }))).toBe(address);
});

test('without proxies nobody is believed', () => {
  const none = new TrustedProxies();
  expect(none.addressOf(from('127.0.0.1', { 'x-forwarded-for': '198.51.100.1' }))).toBe('127.0.0.1');
  expect(none.isSecure(from('127.0.0.1', { 'x-forwarded-proto': 'https' }))).toBe(false);
});

test('that the client spoke TLS is believed of the socket and of proxies', () => {
  expect(proxies.isSecure({ headers: {}, socket: { remoteAddress: '198.51.100.1', encrypted: true } })).toBe(true);
  expect(proxies.isSecure(from('127.0.0.1', { 'x-forwarded-proto': 'https' }))).toBe(true);
  expect(proxies.isSecure(from('127.0.0.1', { 'x-forwarded-proto': 'http' }))).toBe(false);
  expect(proxies.isSecure(from('198.51.100.1', { 'x-forwarded-proto': 'https' }))).toBe(false);
});

test.each([
  '',
  'proxy.example.com',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  'fd00::/129',
  '10.0.0.0/-1',
  '10.0.0.0/x',
])('%j is no proxy', (text) => {
  expect(() => new TrustedProxies([text])).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }) as Error);
});

test('whatever the header says, the address is one, and never beyond what proxies vouch for', () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ maxLength: 20 }));
  fc.assert(
    fc.property(fc.array(address, { maxLength: 30 }), (list) => {
      const found = proxies.addressOf(from('127.0.0.1', { 'x-forwarded-for': list.join(',') }));
      expect(networkAddress(found)).toBe(found);
      const spoofed = proxies.addressOf(from('127.0.0.1', { 'x-forwarded-for': [...list, '198.51.100.1'].join(', ') }));
      expect(spoofed).toBe('198.51.100.1');
    }),
  );
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::6', '2001:db8:0:0::/64'],
  ['2001:0db8:0000:0000:1::', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s is counted with %s', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});
