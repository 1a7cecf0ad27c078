import { expect, test } from 'vitest';
import { checkListening, parsePublicUrl } from './checkListening.ts';
import type { ListenPlan } from './checkListening.ts';

const plan: ListenPlan = {
  host: '127.0.0.1',
  locked: false,
  dataDir: undefined,
  tls: false,
  behindProxy: false,
  publicUrl: undefined,
  unlockedNetwork: false,
};
const publicUrl = new URL('https://fleet.example.com');
const refused = (code: string, words: string): Error =>
  expect.objectContaining({ code, message: expect.stringContaining(words) as string }) as Error;

test.each(['localhost', '127.0.0.1', '127.3.2.1', '::1'])('%s needs neither credentials nor TLS', (host) => {
  expect(() => checkListening({ ...plan, host })).not.toThrow();
});

test.each(['0.0.0.0', '::', '192.168.1.5', 'robots.example.com', '127.0.0.1.example.com'])(
  '%s needs credentials, and TLS or a proxy that has it',
  (host) => {
    const beyond = { ...plan, host, dataDir: '/data' };
    expect(() => checkListening(beyond)).toThrow(refused('ADDRESS_NOT_LOOPBACK', 'longline init --data /data'));
    expect(() => checkListening({ ...beyond, tls: true })).toThrow(refused('ADDRESS_NOT_LOOPBACK', 'longline init'));
    expect(() => checkListening({ ...beyond, locked: true })).toThrow(refused('ADDRESS_NOT_LOOPBACK', '--tls-cert'));
    const clear = { ...beyond, locked: true, behindProxy: true, publicUrl: new URL('http://fleet.example.com') };
    expect(() => checkListening(clear)).toThrow(refused('ADDRESS_NOT_LOOPBACK', 'https://'));
    expect(() => checkListening({ ...beyond, locked: true, tls: true })).not.toThrow();
    expect(() => checkListening({ ...beyond, locked: true, behindProxy: true, publicUrl })).not.toThrow();
    expect(() => checkListening({ ...beyond, unlockedNetwork: true })).not.toThrow();
  },
);

test('a proxy carries the network to a server, which is then locked and knows its public address', () => {
  expect(() => checkListening({ ...plan, locked: true, behindProxy: true })).toThrow(
    refused('OPTION_INVALID', '--public-url'),
  );
  expect(() => checkListening({ ...plan, behindProxy: true, publicUrl })).toThrow(
    refused('OPTION_INVALID', 'longline init'),
  );
  expect(() => checkListening({ ...plan, locked: true, behindProxy: true, publicUrl })).not.toThrow();
});

test.each(['https://fleet.example.com', 'https://fleet.example.com:8443/', 'http://10.0.0.1:8080'])(
  '%s is a public address',
  (text) => {
    expect(parsePublicUrl(text).href).toBe(new URL(text).href);
  },
);

test.each([
  '',
  'fleet.example.com',
  'wss://fleet.example.com',
  'https://fleet.example.com/x',
  'https://u:p@x',
  'https://x?y',
  'https://x#y',
])('%j is no public address', (text) => {
  expect(() => parsePublicUrl(text)).toThrow(refused('OPTION_INVALID', '--public-url'));
});
