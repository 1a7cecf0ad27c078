import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

test('whence something comes is asked of TrustedProxies alone: whoever looks by himself believes a proxy or nobody', () => {
  const looking = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.startsWith('transport/'))
    .filter((path) =>
      /remoteAddress|x-forwarded|\brequest\.ips?\b|trustProxy/.test(readFileSync(join(root, path), 'utf8')),
    );
  expect(looking).toEqual([]);
});
