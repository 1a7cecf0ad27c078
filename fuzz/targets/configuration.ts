import { loadAgentConfig } from '@longline/agent';
import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { bendText, bendValue } from '../bendValue.ts';
import { checkRefusal } from '../documentedErrors.ts';
import type { FuzzTarget } from '../FuzzTarget.ts';

const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
/** Every example of the page on configuration. */
const documented = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text ?? '');
const values: readonly unknown[] = [
  {
    device: 'robot-1',
    server: ['wss://a.example', 'wss://b.example'],
    robot: 'rosbridge://localhost:9090',
    topics: [
      { match: '/scan', lane: 'telemetry', rateHz: 5 },
      { match: '/**', send: true },
    ],
    allow: { publish: ['/cmd_vel'], call: ['/reset'], setParameters: ['/x/**'] },
    motion: { outputs: [{ topic: '/cmd_vel', timeoutMs: 300, limits: [{ field: 'linear.x', max: 1 }] }] },
    outbox: { maxBytes: 10_000_000, queueDepth: 10 },
    line: { silenceMs: 1_000 },
    proxy: 'http://proxy:3128',
  },
  { device: 7, stateDir: '/var/lib/longline' },
];
const bombs = [
  `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [${'*a, '.repeat(9)}]\nc: &c [${'*b, '.repeat(9)}]\nd: [${'*c, '.repeat(9)}]\n`,
  '['.repeat(300),
  '{a: '.repeat(300),
  `${'- '.repeat(300)}x`,
  '? ? ? ?\n: : : :\n',
  '&a [*a]',
  '<<: *x\n',
  '%YAML 9.9\n---\n!!js/function x',
];

/** An agent's configuration, which people write by hand. */
export const configuration: FuzzTarget = {
  name: 'agent-config',
  weight: 0.5,
  open: () => ({
    async play(dice, feed) {
      for (let count = 0; count < 3; count++) {
        const bent = dice.oneIn(2)
          ? bendText(dice, dice.oneIn(6) ? dice.one(bombs) : dice.one(documented))
          : stringify(bendValue(dice, dice.one(values)) ?? null, { aliasDuplicateObjects: false });
        const text = bent.slice(0, 50_000);
        await feed({ text }, () => loadAgentConfig({ text }).then(() => undefined, checkRefusal));
      }
    },
  }),
};
