import { TestAgent } from '@longline/testing';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { startTestServer } from '../testing/startTestServer.ts';

test('a client that leaves while a robot is asked for it is no fault of the server', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const server = await startTestServer({ log });
  const agent = new TestAgent(server.url, 'r1');
  await agent.welcomes.first();
  const left = new AbortController();
  const path = '/api/v1/devices/r1/latest?topic=/t&fresh=true&deadlineMs=60000';
  const answer = fetch(server.url + path, { signal: left.signal });
  await agent.requests.first(({ request }) => request.action.kind === 'snapshot');
  left.abort();
  await expect(answer).rejects.toThrow();
  // The server hears of it before it hears of this.
  await fetch(`${server.url}/healthz`);
  await server.stop();
  expect(lines).toEqual([]);
});
