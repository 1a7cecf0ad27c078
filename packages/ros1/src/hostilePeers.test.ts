import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { Message, RosGraph } from '@longline/ros';
import { waitFor } from '@longline/testing';
import { startFakeMaster } from './fakeMaster.fixture.ts';
import { openRos1 } from './openRos1.ts';
import { encodeConnectionHeader } from './tcpros/connectionHeader.ts';
import { FrameReader } from './tcpros/FrameReader.ts';
import { MAX_QUEUED_BYTES } from './tcpros/TopicPublisher.ts';
import { callXmlRpc } from './xmlrpc/callXmlRpc.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

const goodHeader = encodeConnectionHeader([
  ['callerid', '/fake'],
  ['md5sum', '992ce8a1687cec8c8bd883ec73ca41d1'],
  ['type', 'std_msgs/String'],
  ['message_definition', 'string data\n'],
  ['latching', '0'],
]);
/** One std_msgs/String "hi", as a frame. */
const goodFrame = Uint8Array.from([6, 0, 0, 0, 2, 0, 0, 0, 0x68, 0x69]);
const tooLong = Uint8Array.from([0xff, 0xff, 0xff, 0xff, 1, 2, 3]);

/** A publisher that sends what `write` sends on each connection. */
async function startPublisher(
  write: (socket: Socket, connection: number) => void,
): Promise<{ port: number; server: Server }> {
  let connections = 0;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume();
    write(socket, connections++);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ending.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, server };
}

async function graphWith(
  publisherPort?: number,
): Promise<{ graph: RosGraph; master: Awaited<ReturnType<typeof startFakeMaster>> }> {
  const master = await startFakeMaster(publisherPort);
  ending.push(() => master.close());
  const graph = openRos1({ masterUri: master.uri, host: '127.0.0.1', maxMessageBytes: 1_000_000 });
  ending.push(() => graph.close());
  return { graph, master };
}

it.each<[string, (socket: Socket) => void]>([
  ['a header of 4 GiB', (socket) => socket.write(tooLong)],
  ['a header with broken lengths', (socket) => socket.write(Uint8Array.from([4, 0, 0, 0, 0xff, 0, 0, 0]))],
  ['HTTP', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['an error', (socket) => socket.write(encodeConnectionHeader([['error', 'go away']]))],
  ['a header without a type', (socket) => socket.write(encodeConnectionHeader([['callerid', '/x']]))],
  ['a message above the bound', (socket) => (socket.write(goodHeader), socket.write(tooLong))],
  ['half a message and the end', (socket) => (socket.write(goodHeader), socket.end(goodFrame.subarray(0, 7)))],
  ['nothing and the end', (socket) => socket.destroy()],
  ['a reset', (socket) => (socket.write(goodHeader), socket.resetAndDestroy())],
])(
  'a publisher that sends %s loses its connection, and is heard when it comes to its senses',
  async (_what, hostile) => {
    const { port } = await startPublisher((socket, connection) => {
      if (connection === 0) {
        hostile(socket);
      } else {
        socket.write(goodHeader);
        socket.write(goodFrame);
      }
    });
    const { graph } = await graphWith(port);
    const messages: Message[] = [];
    await graph.subscribe({ topic: '/a' }, { handleMessage: (message) => void messages.push(message) });
    const message = await waitFor(() => messages[0]);
    expect(message.value).toEqual({ data: 'hi' });
    expect(message.sequence).toBe(0);
  },
);

it('a publisher that sends no definition is heard when the definition is found here and the sums agree', async () => {
  const { port } = await startPublisher((socket) => {
    const fields: [string, string][] = [
      ['md5sum', '992ce8a1687cec8c8bd883ec73ca41d1'],
      ['type', 'std_msgs/String'],
    ];
    socket.write(encodeConnectionHeader(fields));
    socket.write(goodFrame);
  });
  const { graph } = await graphWith(port);
  const messages: Message[] = [];
  await graph.subscribe({ topic: '/a' }, { handleMessage: (message) => void messages.push(message) });
  expect((await waitFor(() => messages[0])).value).toEqual({ data: 'hi' });
});

it('a publisher that cannot be reached is reported once, with what to do', async () => {
  const { port, server } = await startPublisher(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  const { graph } = await graphWith(port);
  const problems: Error[] = [];
  const listener = { handleMessage: () => undefined, handleProblem: (error: Error) => void problems.push(error) };
  await graph.subscribe({ topic: '/a' }, listener);
  await waitFor(() => problems.length > 0);
  expect(problems).toEqual([
    expect.objectContaining({ code: 'ROS_UNREACHABLE', message: expect.stringContaining('ROS_HOSTNAME') as string }),
  ]);
});

/** A subscriber of our topic by hand. */
async function subscriber(port: number, topic: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  ending.push(() => Promise.resolve(socket.destroy()));
  socket.on('error', () => undefined);
  const fields: [string, string][] = [
    ['callerid', '/by_hand'],
    ['topic', topic],
    ['md5sum', '*'],
    ['type', '*'],
  ];
  socket.write(encodeConnectionHeader(fields));
  return Promise.resolve(socket);
}

it('a subscriber that does not read loses the newest whole messages; others lose none, and memory stays bounded', async () => {
  const { graph, master } = await graphWith();
  const publisher = await graph.advertise({ topic: '/big', type: 'std_msgs/String' });
  await waitFor(() => master.nodeUri('/big'));
  const port = await master.publisherPort('/big');
  const slow = await subscriber(port, '/big');
  const fast = await subscriber(port, '/big');
  const size = 1_000_000;
  const count = 40;
  const numbers = (socket: Socket): number[] => {
    const found: number[] = [];
    const reader = new FrameReader(2 * size);
    socket.on('data', (chunk) => {
      reader.push(chunk, (frame) => {
        if (frame.byteLength === size) found.push(frame[4] ?? -1);
        return true;
      });
    });
    return found;
  };
  slow.pause();
  const fastNumbers = numbers(fast);
  const data = (i: number): Uint8Array => {
    const bytes = new Uint8Array(size);
    new DataView(bytes.buffer).setUint32(0, size - 4, true);
    return bytes.fill(i, 4);
  };
  await waitFor(async () => (await publisher.publish(new Uint8Array(4))).subscribers === 2);
  for (let i = 0; i < count; i += 1) {
    expect(await publisher.publish(data(i))).toEqual({ subscribers: 2 });
    await waitFor(() => fastNumbers.length === i + 1);
  }
  expect(fastNumbers).toEqual(Array.from({ length: count }, (_, i) => i));
  const slowNumbers = numbers(slow);
  slow.resume();
  // What follows once it reads again shows that the stream was not cut in the middle.
  await waitFor(async () => {
    await publisher.publish(data(200));
    return slowNumbers.includes(200);
  });
  const kept = slowNumbers.filter((i) => i < 200);
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => i));
  expect(kept.length).toBeLessThan(count);
  expect(kept.length * size).toBeGreaterThanOrEqual(MAX_QUEUED_BYTES - size);
});

it('garbage at our ports disturbs nobody', async () => {
  const { graph, master } = await graphWith();
  const publisher = await graph.advertise({ topic: '/a', type: 'std_msgs/String' });
  await waitFor(() => master.nodeUri('/a'));
  const port = await master.publisherPort('/a');
  const uri = master.nodeUri('/a') ?? '';
  for (const bytes of [
    tooLong,
    goodHeader,
    encodeConnectionHeader([['topic', '/other']]),
    encodeConnectionHeader([['service', '/s']]),
  ]) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    socket.write(bytes);
    await closed;
  }
  const wrong = connect(port, '127.0.0.1');
  wrong.write(
    encodeConnectionHeader([
      ['callerid', '/w'],
      ['topic', '/a'],
      ['md5sum', 'f'.repeat(32)],
    ]),
  );
  const answer = await new Promise<Buffer>((resolve) => wrong.once('data', resolve));
  expect(answer.toString()).toContain('error=/w wants /a');
  wrong.destroy();
  const signal = AbortSignal.timeout(5_000);
  await expect(callXmlRpc(uri, 'publisherUpdate', [1, 2], signal)).rejects.toThrow('failed');
  await expect(callXmlRpc(uri, 'requestTopic', ['/x', '/a', 7], signal)).rejects.toThrow('failed');
  expect(await callXmlRpc(uri, 'publisherUpdate', ['/m', '/unknown', ['http://x']], signal)).toEqual([1, '', 0]);
  expect(await callXmlRpc(uri, 'requestTopic', ['/x', '/none', [['TCPROS']]], signal)).toEqual([
    0,
    'this node does not publish /none',
    0,
  ]);
  await subscriber(port, '/a');
  await waitFor(async () => (await publisher.publish(new Uint8Array(4))).subscribers === 1);
});

it('after closing, operations say GRAPH_CLOSED, and nothing is left open', async () => {
  const { graph } = await graphWith();
  const publisher = await graph.advertise({ topic: '/a', type: 'std_msgs/String' });
  await Promise.all([graph.close(), graph.close()]);
  await expect(graph.snapshot()).rejects.toMatchObject({ code: 'GRAPH_CLOSED' });
  await expect(graph.subscribe({ topic: '/a' }, { handleMessage: () => undefined })).rejects.toMatchObject({
    code: 'GRAPH_CLOSED',
  });
  await expect(publisher.publish(new Uint8Array(4))).rejects.toMatchObject({ code: 'GRAPH_CLOSED' });
  publisher.close();
});

it('operations without a master fail as unreachable, and an aborted one with its reason', async () => {
  const { graph, master } = await graphWith();
  await master.close();
  await expect(graph.snapshot()).rejects.toMatchObject({ code: 'ROS_UNREACHABLE' });
  const reason = new Error('changed my mind');
  await expect(graph.snapshot({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const publisher = await graph.advertise({ topic: '/a', type: 'std_msgs/String' });
  expect(await publisher.publish(new Uint8Array(4))).toEqual({ subscribers: 0 });
});

it('a watcher is told why the master did not answer at first, with what to look at', async () => {
  const { graph, master } = await graphWith();
  await master.close();
  const { promise, resolve } = Promise.withResolvers<string>();
  graph.watch({
    handleStatus: (status) => {
      if (status.state === 'disconnected' && status.reason.includes('ECONNREFUSED')) resolve(status.reason);
    },
  });
  expect(await promise).toMatch(
    /^No answer to getSystemState from http:\S+ connect ECONNREFUSED .* Is roscore running/,
  );
});
