import { startServer } from '@longline/server';
import type { Server } from '@longline/server';
import { roslib, waitFor, waitForEvent } from '@longline/testing';
import type { Ros, Service } from '@longline/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { FoxgloveViewer } from './FoxgloveViewer.ts';

const opSchema = z.looseObject({ op: z.string(), topic: z.string().optional() });
const callSchema = z.object({
  op: z.literal('call_service'),
  service: z.string(),
  id: z.string(),
  args: z.looseObject({ data: z.boolean().optional() }),
});
const textOf = (view: ArrayBufferView): string =>
  Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('latin1');

/** A device without an agent: it publishes a common type, a latched one and one that nobody knows, hears the same, and has two services. */
class Greenhouse {
  readonly heard: z.infer<typeof opSchema>[] = [];
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#handle(JSON.parse(data.toString())));
    this.tell({ op: 'advertise', topic: '/temperature', type: 'std_msgs/Float64' });
    this.tell({ op: 'publish', topic: '/temperature', msg: { data: 1.5 } });
    this.tell({ op: 'publish', topic: '/name', type: 'std_msgs/String', latch: true, msg: { data: 'green' } });
    this.tell({ op: 'publish', topic: '/odd', type: 'my_pkg/Odd', msg: { a: [1, { b: 'é' }] } });
    this.tell({ op: 'subscribe', topic: '/display', type: 'std_msgs/String' });
    this.tell({ op: 'subscribe', topic: '/odd_in', type: 'my_pkg/Odd' });
    this.tell({ op: 'subscribe', topic: '/cmd_vel', type: 'geometry_msgs/Twist' });
    this.tell({ op: 'advertise_service', service: '/lamp', type: 'std_srvs/SetBool' });
    this.tell({ op: 'advertise_service', service: '/odd_service', type: 'my_pkg/OddService' });
  }

  static async start(url: string): Promise<Greenhouse> {
    const socket = new WebSocket(url);
    await waitForEvent(socket, 'open');
    return new Greenhouse(socket);
  }

  tell(op: object): void {
    this.#socket.send(JSON.stringify(op));
  }

  /** What came on a topic. */
  on(topic: string): unknown[] {
    return this.heard.filter((op) => op.topic === topic).map((op) => op['msg']);
  }

  async stop(): Promise<void> {
    const closed = waitForEvent(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  #handle(op: unknown): void {
    this.heard.push(opSchema.parse(op));
    const { success, data: call } = callSchema.safeParse(op);
    if (!success) return;
    const isFine = call.args.data !== false;
    const values = isFine ? { success: true, message: 'the lamp is on' } : 'the bulb is broken';
    this.tell({ op: 'service_response', service: call.service, id: call.id, values, result: isFine });
  }
}

let server: Server;
let device: Greenhouse;
let base: string;
const closers: (() => void)[] = [];

beforeEach(async () => {
  server = await startServer({ port: 0 });
  base = `ws://127.0.0.1:${server.port}/api/v1/devices/greenhouse-1`;
  device = await Greenhouse.start(`${base}/connect`);
  await waitFor(() => server.fleet.device('greenhouse-1').channels().length >= 3);
});
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await device.stop();
  await server.stop();
});

async function openRoslib(): Promise<{ ros: Ros; statuses: string[] }> {
  const ros = new roslib.Ros();
  const statuses: string[] = [];
  closers.push(() => ros.close());
  ros.on('error', () => undefined);
  ros.on('status', (status) => statuses.push(JSON.stringify(status)));
  await ros.connect(`${base}/rosbridge`);
  await waitFor(() => ros.isConnected);
  return { ros, statuses };
}

async function openViewer(): Promise<FoxgloveViewer> {
  const viewer = new FoxgloveViewer(`${base}/foxglove`);
  closers.push(() => viewer.client.close());
  await waitFor(() => viewer.info);
  return viewer;
}

const called = <T>(service: Service<object, T>, request: object): Promise<T> =>
  new Promise((resolve, reject) => service.callService(request, resolve, (error) => reject(new Error(error))));

test('roslib reads its topics of common and unknown types, and hears again when the device is back', async () => {
  const { ros } = await openRoslib();
  const heard = new Map<string, unknown[]>();
  const hear = (name: string, messageType: string): void => {
    const messages: unknown[] = [];
    heard.set(name, messages);
    new roslib.Topic({ ros, name, messageType }).subscribe((message) => messages.push(message));
  };
  hear('/temperature', 'std_msgs/Float64');
  hear('/name', 'std_msgs/String');
  hear('/odd', 'my_pkg/Odd');
  // Latched comes at once, the others from the next on.
  await waitFor(() => heard.get('/name')?.[0]);
  await waitFor(() => {
    device.tell({ op: 'publish', topic: '/odd', msg: { a: [1, { b: 'é' }] } });
    return heard.get('/odd')?.[0];
  });
  expect(heard.get('/name')?.[0]).toEqual({ data: 'green' });
  expect(heard.get('/odd')?.[0]).toEqual({ a: [1, { b: 'é' }] });
  await device.stop();
  device = await Greenhouse.start(`${base}/connect`);
  await waitFor(() => {
    device.tell({ op: 'publish', topic: '/temperature', msg: { data: 2.5 } });
    return heard.get('/temperature')?.some((message) => JSON.stringify(message) === '{"data":2.5}');
  });
});

test('roslib publishes to it and calls its services; what would move it is refused with what to do', async () => {
  const { ros, statuses } = await openRoslib();
  new roslib.Topic({ ros, name: '/display', messageType: 'std_msgs/String' }).publish({ data: 'from roslib' });
  new roslib.Topic({ ros, name: '/odd_in', messageType: 'my_pkg/Odd' }).publish({ x: [1, { y: 2 }] });
  await waitFor(() => device.on('/odd_in').length > 0);
  expect(device.on('/display')).toEqual([{ data: 'from roslib' }]);
  expect(device.on('/odd_in')).toEqual([{ x: [1, { y: 2 }] }]);
  const lamp = new roslib.Service<object, object>({ ros, name: '/lamp', serviceType: 'std_srvs/SetBool' });
  expect(await called(lamp, { data: true })).toEqual({ success: true, message: 'the lamp is on' });
  await expect(called(lamp, { data: false })).rejects.toThrow(/SERVICE_FAILED: .*the bulb is broken/);
  const odd = new roslib.Service<object, object>({ ros, name: '/odd_service', serviceType: 'my_pkg/OddService' });
  expect(await called(odd, { z: 1 })).toMatchObject({ success: true });
  const motion = new roslib.Topic({ ros, name: '/cmd_vel', messageType: 'geometry_msgs/Twist' });
  motion.publish({ linear: { x: 1 } });
  await waitFor(() => statuses.some((status) => status.includes('UNGUARDED_MOTION')));
  expect(device.on('/cmd_vel')).toEqual([]);
});

test('FoxgloveClient reads common types as bytes and unknown ones as JSON, also when the device is back', async () => {
  const viewer = await openViewer();
  const [temperature, name, odd] = await Promise.all(
    ['/temperature', '/name', '/odd'].map((topic) => viewer.channel(topic)),
  );
  expect(temperature).toMatchObject({ encoding: 'ros1', schema: 'float64 data\n' });
  expect(odd).toMatchObject({ encoding: 'json', schemaName: 'my_pkg/Odd', schemaEncoding: 'jsonschema' });
  const ids = [temperature, name, odd].map((channel) => viewer.client.subscribe(channel?.id ?? 0));
  const latest = (index: number): string | undefined => {
    const message = viewer.messages.findLast(({ subscriptionId }) => subscriptionId === ids[index]);
    return message === undefined ? undefined : textOf(message.data);
  };
  expect(await waitFor(() => latest(1))).toBe('\u0005\0\0\0green');
  await waitFor(() => {
    device.tell({ op: 'publish', topic: '/odd', msg: { a: 1 } });
    return latest(2);
  });
  await waitFor(() => latest(2) === '{"a":1}');
  await device.stop();
  device = await Greenhouse.start(`${base}/connect`);
  await waitFor(() => {
    device.tell({ op: 'publish', topic: '/temperature', msg: { data: 1 } });
    return latest(0) === '\0\0\0\0\0\0\u00f0?';
  });
});

test('FoxgloveClient publishes to it and calls its services, in bytes and in JSON', async () => {
  const { client, statuses, responses, ...viewer } = await openViewer();
  const publish = (topic: string, encoding: string, schemaName: string, text: string): void => {
    client.sendMessage(client.advertise({ topic, encoding, schemaName }), new TextEncoder().encode(text));
  };
  publish('/display', 'json', 'std_msgs/String', '{"data":"json"}');
  publish('/display', 'ros1', 'std_msgs/String', '\u0005\0\0\0bytes');
  publish('/odd_in', 'ros1', 'my_pkg/Odd', '1234');
  publish('/odd_in', 'json', 'my_pkg/Odd', '{"q":1}');
  publish('/cmd_vel', 'json', 'geometry_msgs/Twist', '{"linear":{"x":1}}');
  await waitFor(() => statuses.some((status) => status.startsWith('UNGUARDED_MOTION')));
  await waitFor(() => device.on('/odd_in').length > 0);
  expect(device.on('/display')).toEqual([{ data: 'json' }, { data: 'bytes' }]);
  expect(device.on('/odd_in')).toEqual([{ q: 1 }]);
  expect(device.on('/cmd_vel')).toEqual([]);
  expect(statuses).toContainEqual(expect.stringMatching(/^NOT_SUPPORTED: my_pkg\/Odd .* Send "json"\.$/));
  const call = async (name: string, callId: number, encoding: string, text: string): Promise<string> => {
    const { id: serviceId } = await waitFor(() => viewer.services.get(name));
    client.sendServiceCallRequest({ serviceId, callId, encoding, data: new TextEncoder().encode(text) });
    return textOf((await waitFor(() => responses.find((response) => response.callId === callId))).data);
  };
  const words = 'the lamp is on';
  expect(await call('/lamp', 1, 'ros1', '\u0001')).toBe(`\u0001${String.fromCharCode(words.length)}\0\0\0${words}`);
  expect(JSON.parse(await call('/lamp', 2, 'json', '{"data":true}'))).toEqual({ success: true, message: words });
  expect(JSON.parse(await call('/odd_service', 3, 'json', '{"z":1}'))).toMatchObject({ success: true });
});
