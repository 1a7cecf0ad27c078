import { RosError } from '@longline/ros';
import type { GraphSnapshot, ServiceSchema } from '@longline/ros';
import { FakeGraph } from '@longline/testing';
import { expect, test } from 'vitest';
import { FoxgloveReader } from './FoxgloveReader.fixture.ts';
import { MAX_CALLS } from './ServiceCalls.ts';

const schemaOf = (type: string, field = 'int32 a\n'): ServiceSchema => ({
  name: type,
  request: { name: `${type}_Request`, encoding: 'ros1msg', text: field },
  response: { name: `${type}_Response`, encoding: 'ros1msg', text: 'int32 b\n' },
});

class AskedGraph extends FakeGraph {
  readonly asked: string[] = [];
  /** Types are told only once their definition was asked for, as some bridges do. */
  hidesServiceTypes = false;

  addService(name: string, type: string): void {
    this.services.set(name, { schema: schemaOf(type), handle: (request) => Promise.resolve(request) });
  }

  override serviceSchema(service: string): Promise<ServiceSchema> {
    this.asked.push(service);
    return super.serviceSchema(service);
  }

  override watch(listener: Parameters<FakeGraph['watch']>[0]): ReturnType<FakeGraph['watch']> {
    const told = (snapshot: GraphSnapshot): GraphSnapshot => ({
      ...snapshot,
      services: snapshot.services.map((service) =>
        this.hidesServiceTypes && !this.asked.includes(service.name) ? { ...service, type: '' } : service,
      ),
    });
    return super.watch({
      handleStatus: (status) => listener.handleStatus?.(status),
      handleGraph: (snapshot) => listener.handleGraph?.(told(snapshot)),
    });
  }

  /** Watchers are told what there is now. */
  tell(): void {
    this.setStatus({ state: 'connected' });
  }
}

function setup(): { reader: FoxgloveReader; graph: AskedGraph } {
  let graph: AskedGraph | undefined;
  const reader = new FoxgloveReader({ graph: (clock) => (graph = new AskedGraph(clock)) });
  if (graph === undefined) throw new Error('the reader made no graph');
  return { reader, graph };
}

const call = (serviceId: number, callId: number, encoding = 'ros1', data: number[] = []): Uint8Array => {
  const frame = Buffer.alloc(13);
  frame[0] = 2;
  frame.writeUInt32LE(serviceId, 1);
  frame.writeUInt32LE(callId, 5);
  frame.writeUInt32LE(encoding.length, 9);
  return Buffer.concat([frame, Buffer.from(encoding), Uint8Array.from(data)]);
};

test('services are offered with both definitions, and those of one type cost one question', async () => {
  const { reader, graph } = setup();
  for (const node of ['a', 'b', 'c']) graph.addService(`/${node}/get_loggers`, 'roscpp/GetLoggers');
  graph.addService('/other', 'p/Other');
  await reader.settle();
  expect(graph.asked).toEqual(['/a/get_loggers', '/other']);
  const services = reader.ops('advertiseServices').flatMap((op) => op['services'] as object[]);
  expect(services).toHaveLength(4);
  expect(services[0]).toEqual({
    id: 1,
    name: '/a/get_loggers',
    type: 'roscpp/GetLoggers',
    request: {
      encoding: 'ros1',
      schemaName: 'roscpp/GetLoggers_Request',
      schemaEncoding: 'ros1msg',
      schema: 'int32 a\n',
    },
    response: {
      encoding: 'ros1',
      schemaName: 'roscpp/GetLoggers_Response',
      schemaEncoding: 'ros1msg',
      schema: 'int32 b\n',
    },
  });
});

test('a service whose type is told only after its definition was asked for is offered once', async () => {
  const { reader, graph } = setup();
  graph.hidesServiceTypes = true;
  graph.addService('/s', 'p/S');
  await reader.settle();
  graph.tell();
  await reader.settle();
  expect(graph.asked).toEqual(['/s']);
  expect(reader.ops('advertiseServices')).toHaveLength(1);
  expect(reader.ops('unadvertiseServices')).toHaveLength(0);
});

test('services that went, or are another now, are withdrawn; numbers are not used again', async () => {
  const { reader, graph } = setup();
  graph.addService('/s', 'p/S');
  await reader.settle();
  graph.addService('/s', 'p/Other');
  graph.tell();
  await reader.settle();
  graph.services.delete('/s');
  graph.tell();
  await reader.settle();
  const told = reader.ops().filter(({ op }) => op.endsWith('Services'));
  expect(told).toMatchObject([
    { services: [{ id: 1, type: 'p/S' }] },
    { serviceIds: [1] },
    { services: [{ id: 2, type: 'p/Other' }] },
    { serviceIds: [2] },
  ]);
});

test('a call goes out in its own encoding with its age, and the answer comes back in that', async () => {
  const { reader, graph } = setup();
  graph.addService('/s', 'p/S');
  await reader.settle(1_000);
  for (const encoding of ['ros1', 'cdr', 'json']) reader.session.handleBinary(call(1, 7, encoding, [1, 2]));
  await reader.settle();
  expect(reader.outputs.done).toEqual(['call /s ros1', 'call /s cdr', 'call /s json']);
  expect(reader.outputs.ages[0]?.mayBeFlushed).toBe(false);
  expect(reader.binaries().map((frame) => [...frame])[0]).toEqual([
    3, 1, 0, 0, 0, 7, 0, 0, 0, 4, 0, 0, 0, 0x72, 0x6f, 0x73, 0x31, 1, 2,
  ]);
  expect(reader.binaries()).toHaveLength(3);
});

test('a call that fails is answered with why, and told as a status for viewers that show no failures', async () => {
  const { reader, graph } = setup();
  graph.addService('/s', 'p/S');
  await reader.settle();
  reader.outputs.answer = () => Promise.reject(new RosError('SERVICE_FAILED', 'The turtle is tired.'));
  reader.session.handleBinary(call(1, 3));
  reader.session.handleBinary(call(9, 4));
  reader.session.handleBinary(call(1, 5, 'protobuf'));
  await reader.settle();
  expect(reader.ops('serviceCallFailure')).toEqual([
    {
      op: 'serviceCallFailure',
      serviceId: 9,
      callId: 4,
      message: 'SERVICE_UNKNOWN: There is no service 9 any more.',
    },
    expect.objectContaining({ callId: 5, message: expect.stringContaining('NOT_SUPPORTED') as unknown }),
    expect.objectContaining({ callId: 3, message: 'SERVICE_FAILED: The turtle is tired.' }),
  ]);
  expect(reader.statuses()).toContain('2 SERVICE_FAILED: The turtle is tired.');
});

test('32 calls are under way at a time, and one more is refused', async () => {
  const { reader, graph } = setup();
  graph.addService('/s', 'p/S');
  await reader.settle();
  reader.outputs.answer = () => new Promise(() => undefined);
  for (let callId = 0; callId <= MAX_CALLS; callId++) reader.session.handleBinary(call(1, callId));
  await reader.settle();
  expect(reader.outputs.done).toHaveLength(MAX_CALLS);
  expect(reader.ops('serviceCallFailure')).toMatchObject([
    { callId: MAX_CALLS, message: expect.stringContaining('LIMIT_EXCEEDED') as unknown },
  ]);
});
