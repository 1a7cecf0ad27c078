import { codecFor, RosError } from '@longline/ros';
import { describe, expect, test } from 'vitest';
import { addSchema, matching, RosbridgeClient, stringSchema } from './RosbridgeClient.fixture.ts';

describe('call_service', () => {
  function withAdd(client: RosbridgeClient): void {
    client.graph.services.set('/add', {
      schema: addSchema,
      handle: (data) => {
        const { a, b } = codecFor(addSchema.request, 'ros1').decode(data) as { a: bigint; b: bigint };
        if (b === 0n) return Promise.reject(new RosError('SERVICE_FAILED', 'b is zero'));
        const response = { sum: a + b, ratio: a < 0n ? Number.NaN : 1 };
        return Promise.resolve(codecFor(addSchema.response, 'ros1').encode(response));
      },
    });
  }

  test('arguments by name or by position, the ID echoed as it came', async () => {
    const client = new RosbridgeClient();
    withAdd(client);
    const call = { op: 'call_service', service: '/add' };
    const answers = await client.say(
      { ...call, id: 'c:1', args: { a: 1, b: 2 } },
      { ...call, id: 17, args: [3, 4] },
      { ...call, args: { b: 5 } },
      '{"op":"call_service","service":"add#old","id":9007199254740993,"args":{"a":9007199254740993,"b":1}}',
    );
    const response = { op: 'service_response', service: '/add', result: true };
    expect(answers).toHaveLength(4);
    expect(answers).toEqual(
      expect.arrayContaining([
        { ...response, id: 'c:1', values: { sum: 3, ratio: 1 } },
        { ...response, id: 17, values: { sum: 7, ratio: 1 } },
        { ...response, values: { sum: 5, ratio: 1 } },
        { ...response, service: 'add#old', id: 9007199254740993n, values: { sum: 9007199254740994n, ratio: 1 } },
      ]),
    );
  });

  test('what is no number is null, as rosbridge writes it', async () => {
    const client = new RosbridgeClient();
    withAdd(client);
    const [answer] = await client.say({ op: 'call_service', service: '/add', args: { a: -1, b: 1 } });
    expect(answer).toMatchObject({ values: { sum: 0, ratio: null }, result: true });
  });

  test('a failure is result false with the text in values', async () => {
    const client = new RosbridgeClient();
    withAdd(client);
    const call = { op: 'call_service', service: '/add', id: 1 };
    for (const [fields, words] of [
      [{ args: { a: 1, b: 0 } }, /^SERVICE_FAILED: b is zero/],
      [{ args: { c: 1 } }, /^MESSAGE_INVALID: /],
      [{ args: [1, 2, 3] }, /^MESSAGE_INVALID: /],
      [{ service: '/nowhere' }, /^SERVICE_UNKNOWN: /],
      [{ service: '/rosapi/nothing' }, /^SERVICE_UNKNOWN: /],
    ] as const) {
      const [answer] = await client.say({ ...call, ...fields });
      expect(answer).toMatchObject({
        op: 'service_response',
        id: 1,
        values: matching(words),
        result: false,
      });
    }
  });

  test('the answer comes in the compression that the call asked for', async () => {
    const client = new RosbridgeClient();
    withAdd(client);
    const call = { op: 'call_service', service: '/add', args: { a: 1, b: 2 } };
    const [cbor] = await client.say({ ...call, compression: 'cbor' });
    expect(cbor).toMatchObject({ op: 'service_response', values: { sum: 3 }, result: true });
    const [png] = await client.say({ ...call, compression: 'png' });
    expect(png).toMatchObject({ op: 'png' });
    const fragments = await client.say({ ...call, fragment_size: 50 });
    expect(fragments.length).toBeGreaterThan(1);
    expect(fragments[0]).toMatchObject({ op: 'fragment', num: 0 });
  });

  test('a call that waits holds up nothing, and at most 100 are open', async () => {
    const client = new RosbridgeClient();
    client.graph.setTopic('/chatter', stringSchema);
    client.graph.services.set('/slow', { schema: addSchema, handle: () => new Promise(() => undefined) });
    const calls = Array.from({ length: 101 }, (_, id) => ({ op: 'call_service', service: '/slow', id }));
    const told = await client.say(...calls, { op: 'subscribe', topic: '/chatter' });
    expect(told).toEqual([
      { op: 'status', level: 'error', msg: matching(/^LIMIT_EXCEEDED: /), id: 100 },
      {
        op: 'service_response',
        id: 100,
        service: '/slow',
        values: matching(/^LIMIT_EXCEEDED: /),
        result: false,
      },
    ]);
    client.emitText('/chatter', 'still');
    expect(client.take()).toHaveLength(1);
  });
});
