import { TestAgent, waitFor } from '@longline/testing';
import { expect, test } from 'vitest';
import { int64Schema } from '../testing/schemas.ts';
import { startTestServer } from '../testing/startTestServer.ts';

test('a robot that comes back need not send its definitions again', async () => {
  const server = await startTestServer();
  const first = new TestAgent(server.url, 'r1');
  expect((await first.welcomes.first()).schemas).toBeUndefined();
  first.send(first.advertise(1, '/count', int64Schema), { data: 1n });
  await waitFor(() => server.fleet.device('r1').latest('/count'));
  await first.stop();

  const again = new TestAgent(server.url, 'r1');
  expect((await again.welcomes.first()).schemas).toHaveLength(1);
  again.send(again.advertise(1, '/count', int64Schema), { data: 2n });
  const valueOf = (): unknown => server.fleet.device('r1').latest('/count')?.message.value;
  await waitFor(() => (valueOf() as { readonly data: bigint } | undefined)?.data === 2n);
});
