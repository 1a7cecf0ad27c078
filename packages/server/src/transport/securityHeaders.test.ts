import { expect, test } from 'vitest';
import { securityHeaders } from './securityHeaders.ts';

test('nothing is loaded, framed, guessed or told to others', async () => {
  expect(await securityHeaders({ secure: false })).toEqual({
    'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-dns-prefetch-control': 'off',
    'x-download-options': 'noopen',
    'x-frame-options': 'DENY',
    'x-permitted-cross-domain-policies': 'none',
    'x-xss-protection': '0',
  });
});

test('who came over TLS once does not come back without', async () => {
  expect(await securityHeaders({ secure: true })).toMatchObject({ 'strict-transport-security': 'max-age=31536000' });
});
