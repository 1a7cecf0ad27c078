import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { runCli } from '../runCli.ts';
import type { Terminal } from '../Terminal.ts';

function recordingTerminal(isTty = false): Terminal & { out: string; err: string; stop: AbortController } {
  const stop = new AbortController();
  return {
    out: '',
    err: '',
    stop,
    signal: stop.signal,
    env: {},
    isTty,
    columns: 100,
    rows: 40,
    onHangUp: () => () => undefined,
    readInput: () => Promise.resolve(undefined),
    readKeys: () => undefined,
    print(text) {
      this.out += text;
      return Promise.resolve();
    },
    warn(line) {
      this.err += `${line}\n`;
    },
  };
}

test('the turtle drives its circle and the last line says so', async () => {
  const terminal = recordingTerminal();
  const code = await runCli(['demo', '--for', '9s', '--json', '--port', '0'], terminal);
  expect([code, terminal.out.trim().split('\n').length]).toEqual([0, 1]);
  const summary: unknown = JSON.parse(terminal.out);
  expect(summary).toMatchObject({
    device: 'turtle',
    messages: expect.any(Number) as number,
    hz: expect.any(Number) as number,
    ageMs: { p50: expect.any(Number) as number, p99: expect.any(Number) as number },
    circle: { radius: expect.closeTo(1, 1) as number, maxError: expect.any(Number) as number },
  });
});

test('less than one turn is a failure with the reason', async () => {
  const terminal = recordingTerminal();
  const code = await runCli(['demo', '--for', '2s', '--json', '--port', '0'], terminal);
  expect([code, terminal.err.trim().split('\n').at(-1)]).toEqual([
    1,
    expect.stringMatching(/^\{"code":"CIRCLE_NOT_DRIVEN",/),
  ]);
  expect(JSON.parse(terminal.out)).toMatchObject({ device: 'turtle' });
});

test('a port that was asked for and is taken is an error', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const terminal = recordingTerminal();
  const code = await runCli(['demo', '--for', '2s', '--port', String(port)], terminal);
  expect([code, terminal.err]).toEqual([1, expect.stringMatching(/^PORT_IN_USE: /)]);
  other.close();
});

test('on a terminal the screen is redrawn and left at the end', async () => {
  const terminal = recordingTerminal(true);
  const done = runCli(['demo', '--port', '0'], terminal);
  const print = terminal.print.bind(terminal);
  const seen = Promise.withResolvers<undefined>();
  terminal.print = (text) => {
    if (text.includes('online')) seen.resolve(undefined);
    return print(text);
  };
  await seen.promise;
  terminal.stop.abort();
  expect(await done).toBe(0);
  expect(terminal.out).toContain('\x1b[?1049h');
  expect(terminal.out.split('\x1b[?25h\x1b[?1049l')).toEqual([
    expect.anything(),
    expect.stringMatching(/^turtle online: /),
  ]);
  expect(terminal.out).toContain("curl 'http://127.0.0.1:");
});
