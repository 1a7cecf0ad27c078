import { RosError } from '@longline/ros';
import type { ParameterValue } from '@longline/ros';
import { FakeGraph } from '@longline/testing';
import { expect, test } from 'vitest';
import { FoxgloveReader } from './FoxgloveReader.fixture.ts';
import { LOOK_INTERVAL_MS } from './ParameterUpdates.ts';
import { MAX_PARAMETER_REQUESTS } from './ReaderParameters.ts';
import { parameterValueOf, wireParameter } from './wireParameter.ts';

async function setup(values: Record<string, ParameterValue>): Promise<FoxgloveReader> {
  const reader = new FoxgloveReader();
  for (const [name, value] of Object.entries(values)) reader.graph.parameters.set(name, value);
  await reader.settle();
  reader.clear();
  return reader;
}

test('no names ask for all parameters, names for those; one that is not set has no value', async () => {
  const reader = await setup({ '/a': 1, '/b': 'text' });
  reader.say({ op: 'getParameters', parameterNames: [], id: 'get-all-params' });
  reader.say({ op: 'getParameters', parameterNames: ['/b', '/c'] });
  await reader.settle();
  expect(reader.ops()).toEqual([
    {
      op: 'parameterValues',
      id: 'get-all-params',
      parameters: [
        { name: '/a', value: 1 },
        { name: '/b', value: 'text' },
      ],
    },
    { op: 'parameterValues', parameters: [{ name: '/b', value: 'text' }, { name: '/c' }] },
  ]);
});

test('bytes, floats, lists and the dictionaries of ROS 1 are shown as other Foxglove bridges show them', () => {
  expect(wireParameter('/p', Uint8Array.of(1, 2, 3))).toEqual({ name: '/p', value: 'AQID', type: 'byte_array' });
  expect(wireParameter('/p', Float64Array.of(1, 0.5))).toEqual({ name: '/p', value: [1, 0.5], type: 'float64_array' });
  expect(wireParameter('/p', 0.5)).toEqual({ name: '/p', value: 0.5, type: 'float64' });
  expect(wireParameter('/p', 5)).toEqual({ name: '/p', value: 5 });
  expect(wireParameter('/p', { gains: [1, { i: true }] })).toEqual({ name: '/p', value: { gains: [1, { i: true }] } });
});

test('values are set as their type says, and refused where they do not fit it', () => {
  expect(parameterValueOf({ name: '/p', value: 'AQID', type: 'byte_array' })).toEqual(Uint8Array.of(1, 2, 3));
  expect(parameterValueOf({ name: '/p', value: [1, 2], type: 'float64_array' })).toEqual(Float64Array.of(1, 2));
  expect(parameterValueOf({ name: '/p', value: 'NaN', type: 'float64' })).toBeNaN();
  expect(parameterValueOf({ name: '/p', value: 2n ** 60n, type: null })).toBe(2n ** 60n);
  expect(parameterValueOf({ name: '/p', value: { a: [1] } })).toEqual({ a: [1] });
  expect(parameterValueOf({ name: '/p', value: null })).toBeUndefined();
  expect(parameterValueOf({ name: '/p', value: undefined })).toBeUndefined();
  for (const bad of [
    { value: '*', type: 'byte_array' },
    { value: 'x', type: 'float64' },
    { value: 1, type: 'float64_array' },
    { value: [null], type: 'float64_array' },
    { value: [null], type: null },
  ] as const) {
    expect(() => parameterValueOf({ name: '/p', ...bad })).toThrow(
      expect.objectContaining({ code: 'PARAMETER_INVALID' }) as Error,
    );
  }
});

test('setting goes through the outputs in order, deletes what has no value, and is answered with what is then', async () => {
  const reader = await setup({ '/a': 1, '/b': 2 });
  const parameters = [{ name: '/a', value: 5 }, { name: '/b' }];
  reader.say({ op: 'setParameters', parameters, id: 'set' });
  await reader.settle();
  expect(reader.outputs.done).toEqual(['set /a', 'delete /b']);
  expect(reader.ops()).toEqual([
    { op: 'parameterValues', id: 'set', parameters: [{ name: '/a', value: 5 }, { name: '/b' }] },
  ]);
});

test('a refused parameter is told, and the answer shows that it is what it was', async () => {
  const reader = await setup({ '/a': 1 });
  reader.outputs.refusal = new RosError('PARAMETER_INVALID', 'It may be 1 or 2.');
  reader.say({ op: 'setParameters', parameters: [{ name: '/a', value: 5 }], id: 'set' });
  await reader.settle();
  expect(reader.statuses()).toEqual(['2 PARAMETER_INVALID: It may be 1 or 2.']);
  expect(reader.ops('parameterValues')).toMatchObject([{ parameters: [{ name: '/a', value: 1 }] }]);
});

test('subscribed parameters are looked at every 2 s, and only what changed is told', async () => {
  const reader = await setup({ '/a': 1, '/b': 2 });
  reader.say({ op: 'getParameters', parameterNames: [] });
  await reader.settle();
  reader.say({ op: 'subscribeParameterUpdates', parameterNames: ['/a', '/b', '/none'] });
  reader.clear();
  await reader.settle(LOOK_INTERVAL_MS);
  // They were told before, except for the one that is not set.
  expect(reader.ops()).toMatchObject([{ parameters: [{ name: '/none' }] }]);
  reader.clear();
  reader.graph.parameters.set('/b', 3);
  await reader.settle(LOOK_INTERVAL_MS);
  expect(reader.ops()).toEqual([{ op: 'parameterValues', parameters: [{ name: '/b', value: 3 }] }]);
  reader.graph.parameters.delete('/b');
  reader.clear();
  await reader.settle(LOOK_INTERVAL_MS);
  expect(reader.ops()).toEqual([{ op: 'parameterValues', parameters: [{ name: '/b' }] }]);
  reader.say({ op: 'unsubscribeParameterUpdates', parameterNames: ['/a', '/b', '/none'] });
  reader.graph.parameters.set('/a', 9);
  reader.clear();
  await reader.settle(60_000);
  expect(reader.ops()).toEqual([]);
});

test('what the reader sets without an ID is told at once where it subscribed', async () => {
  const reader = await setup({ '/a': 1 });
  reader.say({ op: 'subscribeParameterUpdates', parameterNames: ['/a'] });
  await reader.settle(LOOK_INTERVAL_MS);
  reader.clear();
  reader.say({ op: 'setParameters', parameters: [{ name: '/a', value: 7 }] });
  await reader.settle();
  expect(reader.ops()).toEqual([{ op: 'parameterValues', parameters: [{ name: '/a', value: 7 }] }]);
});

test('over a thin link parameters are looked at a fifth of the time at most, and eight at a time', async () => {
  let [asked, underWay, most] = [0, 0, 0];
  const reader = new FoxgloveReader({
    graph: (clock) =>
      new (class extends FakeGraph {
        override async getParameter(): Promise<ParameterValue> {
          asked++;
          most = Math.max(most, ++underWay);
          await new Promise<void>((resolve) => clock.after(1_000, resolve));
          underWay--;
          return asked;
        }
      })(clock),
  });
  reader.say({ op: 'subscribeParameterUpdates', parameterNames: Array.from({ length: 80 }, (_, i) => `/p${i}`) });
  await reader.clock.advance(LOOK_INTERVAL_MS + 199_000);
  expect(most).toBe(8);
  // A look takes 10 s, and a rest of 40 s follows.
  expect(asked).toBe(4 * 80);
});

test('a robot without parameters has none; one that is away is told', async () => {
  const reader = await setup({});
  reader.graph.listParameters = () => Promise.reject(new RosError('NOT_SUPPORTED', 'None here.'));
  reader.say({ op: 'getParameters', parameterNames: [], id: 'get-all-params' });
  await reader.settle();
  expect(reader.ops()).toEqual([{ op: 'parameterValues', id: 'get-all-params', parameters: [] }]);
  reader.clear();
  reader.graph.listParameters = () => Promise.reject(new RosError('ROS_UNREACHABLE', 'Away.'));
  reader.say({ op: 'getParameters', parameterNames: [], id: 'get-all-params' });
  await reader.settle();
  expect(reader.ops()).toMatchObject([{ op: 'status', message: 'ROS_UNREACHABLE: Away.' }]);
});

test('requests beyond 32 are refused while those before are under way', async () => {
  const reader = await setup({});
  reader.graph.listParameters = () => new Promise(() => undefined);
  for (let i = 0; i <= MAX_PARAMETER_REQUESTS; i++) reader.say({ op: 'getParameters', parameterNames: [] });
  expect(reader.statuses()).toMatchObject([expect.stringContaining('LIMIT_EXCEEDED')]);
});

test('of several values set at once each is as old as it is when its turn comes', async () => {
  const reader = await setup({});
  const { outputs, clock } = reader;
  const set = outputs.setParameter.bind(outputs);
  outputs.setParameter = async (...parameter) => {
    await set(...parameter);
    await new Promise<void>((resolve) => clock.after(700, resolve));
  };
  reader.say({
    op: 'setParameters',
    parameters: [
      { name: '/a', value: 1 },
      { name: '/b', value: 2 },
    ],
  });
  await reader.settle(700);
  const [first, second] = outputs.ages;
  expect((second?.ageMs ?? 0) - (first?.ageMs ?? 0)).toBe(700);
});
