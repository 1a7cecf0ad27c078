import { expect, onTestFinished, test } from 'vitest';
import { CliRig } from '../CliRig.fixture.ts';

test('longline doctor looks at a real server and agent, and ends with 1 where something fails', async () => {
  const rig = await CliRig.start();
  onTestFinished(() => rig.stop());
  const { code, err, out } = await rig.run('doctor', '--json');
  expect(err).toBe('');
  expect(code).toBe(0);
  const { findings } = JSON.parse(out) as {
    readonly findings: readonly { readonly level: string; readonly what: string }[];
  };
  expect(findings.map(({ level, what }) => `${level} ${what}`)).toEqual([
    'ok node',
    'ok tcp',
    'ok server',
    'ok clock',
    'ok websocket',
    'warn login',
  ]);
  const lost = await rig.run('doctor', '--server', 'http://127.0.0.1:1');
  expect(lost.code).toBe(1);
  expect(lost.out).toContain('FAIL  tcp: 127.0.0.1 port 1 does not');
  expect(lost.err).toContain('DOCTOR_FOUND');
});
