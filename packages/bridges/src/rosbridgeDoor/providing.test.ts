import { codecFor } from '@longline/ros';
import { describe, expect, test } from 'vitest';
import { addSchema, matching, RosbridgeClient } from './RosbridgeClient.fixture.ts';

describe('advertise_service', () => {
  const provide = { op: 'advertise_service', service: '/add', type: 'demo/Add' };
  const request = codecFor(addSchema.request, 'ros1').encode({ a: 1, b: 2 });

  async function provided(): Promise<RosbridgeClient> {
    const client = new RosbridgeClient();
    client.graph.serviceSchemas.set('demo/Add', addSchema);
    expect(await client.say(provide)).toEqual([]);
    return client;
  }

  test('calls go to the client and its answers come back', async () => {
    const client = await provided();
    const answer = client.graph.callService({ service: '/add', data: request });
    const [call] = await client.say();
    expect(call).toEqual({
      op: 'call_service',
      id: 'service_request:/add:0',
      service: '/add',
      type: 'demo/Add',
      args: { a: 1, b: 2 },
    });
    await client.say({ op: 'service_response', service: '/add', id: call?.['id'], values: { sum: 3 }, result: true });
    expect(codecFor(addSchema.response, 'ros1').decode(await answer)).toEqual({ sum: 3n, ratio: 0 });
  });

  test('values are an answer whatever result says, as with rosbridge: handlers of roslibpy return nothing', async () => {
    const client = await provided();
    const answer = client.graph.callService({ service: '/add', data: request });
    const [call] = await client.say();
    await client.say({ op: 'service_response', service: '/add', id: call?.['id'], values: { sum: 3 }, result: false });
    expect(codecFor(addSchema.response, 'ros1').decode(await answer)).toEqual({ sum: 3n, ratio: 0 });
  });

  test('result false, values that do not fit, and a client that goes fail the call', async () => {
    const client = await provided();
    const failed = (): Promise<unknown> =>
      client.graph.callService({ service: '/add', data: request }).then(
        () => undefined,
        (error: unknown) => error,
      );
    const [first, second, third] = [failed(), failed(), failed()];
    const [one, two] = await client.say();
    const respond = { op: 'service_response', service: '/add' };
    await client.say({ ...respond, id: one?.['id'], values: 'not today', result: false });
    expect(await first).toMatchObject({ code: 'SERVICE_FAILED', message: matching(/not today/) });
    const [told] = await client.say({ ...respond, id: two?.['id'], values: { total: 3 }, result: true });
    expect(await second).toMatchObject({ code: 'MESSAGE_INVALID' });
    expect(told).toMatchObject({ op: 'status', msg: matching(/^MESSAGE_INVALID: /) });
    client.session.handleClosed();
    expect(await third).toMatchObject({ code: 'SERVICE_FAILED' });
    expect(client.graph.services.size).toBe(0);
  });

  test('what cannot be provided, and an answer that nobody waits for, are told', async () => {
    const client = await provided();
    const unknown = await client.say({ ...provide, service: '/other', type: 'demo/Nothing', id: 'x' });
    expect(unknown).toMatchObject([{ op: 'status', id: 'x', msg: matching(/^TYPE_UNKNOWN: /) }]);
    const late = await client.say({ op: 'service_response', service: '/add', id: 'gone', values: {}, result: true });
    expect(late).toMatchObject([{ op: 'status', id: 'gone', msg: matching(/^SERVICE_UNKNOWN: /) }]);
  });

  test('unadvertised, the service is gone, and can be advertised anew', async () => {
    const client = await provided();
    await client.say({ op: 'unadvertise_service', service: '/add' });
    expect(client.graph.services.size).toBe(0);
    expect(await client.say(provide, provide)).toEqual([]);
    expect(client.graph.services.size).toBe(1);
  });
});
