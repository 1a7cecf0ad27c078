import { McapIndexedReader, McapWriter, TempBuffer } from '@mcap/core';
import { codecFor } from '@longline/ros';
import type { Message } from '@longline/ros';
import { waitFor } from '@longline/testing';
import { expect, test } from 'vitest';
import { openFoxglove } from './openFoxglove.ts';
import { recordedFoxglove } from './recordedFoxglove.fixture.ts';
import { startFoxgloveServer } from './startFoxgloveServer.fixture.ts';

/** What is written into the file: a robot's recorded messages, ROS 1's, JSON, and a large one. */
interface Track {
  readonly topic: string;
  readonly encoding: string;
  readonly schemaName: string;
  readonly schemaEncoding: string;
  readonly schema: string;
  readonly messages: readonly { readonly logTime: bigint; readonly data: Uint8Array }[];
}

function tracks(): Track[] {
  const { channels, messages } = recordedFoxglove();
  const recorded = channels
    .map((channel) => ({ ...channel, messages: messages.filter(({ topic }) => topic === channel.topic) }))
    .filter((track) => track.messages.length > 0);
  const image =
    'std_msgs/Header header\nuint8[] data\n' +
    '='.repeat(80) +
    '\nMSG: std_msgs/Header\nuint32 seq\ntime stamp\nstring frame_id\n';
  const codec = codecFor({ name: 'a_msgs/Image', encoding: 'ros1msg', text: image }, 'ros1');
  const pixels = Uint8Array.from({ length: 1_500_000 }, (_, index) => index * 31);
  const large = codec.encode({ header: { stamp: { secs: 7, nsecs: 8 } }, data: pixels });
  return [
    ...recorded,
    {
      topic: '/ros1/image',
      encoding: 'ros1',
      schemaName: 'a_msgs/Image',
      schemaEncoding: 'ros1msg',
      schema: image,
      messages: [
        { logTime: 1n, data: large },
        { logTime: 2n ** 62n, data: codec.encode({}) },
      ],
    },
    {
      topic: '/json/state',
      encoding: 'json',
      schemaName: 'State',
      schemaEncoding: 'jsonschema',
      schema: '{"type":"object"}',
      messages: [{ logTime: 3n, data: new TextEncoder().encode('{"a": 1.50, "b":"é"}') }],
    },
  ];
}

async function writeMcap(all: readonly Track[]): Promise<TempBuffer> {
  const file = new TempBuffer();
  const writer = new McapWriter({ writable: file });
  await writer.start({ profile: '', library: 'test' });
  for (const { topic, encoding, schemaName, schemaEncoding, schema, messages } of all) {
    const schemaId = await writer.registerSchema({
      name: schemaName,
      encoding: schemaEncoding,
      data: new TextEncoder().encode(schema),
    });
    const channelId = await writer.registerChannel({ schemaId, topic, messageEncoding: encoding, metadata: new Map() });
    for (const [sequence, { logTime, data }] of messages.entries())
      await writer.addMessage({ channelId, sequence, logTime, publishTime: logTime, data });
  }
  await writer.end();
  return file;
}

test('a recorded MCAP that a FoxgloveServer replays is read byte for byte, with its times and definitions', async () => {
  const reader = await McapIndexedReader.Initialize({ readable: await writeMcap(tracks()) });
  const served = await startFoxgloveServer();
  const graph = openFoxglove({ url: `ws://127.0.0.1:${served.port}` });
  const heard = new Map<string, Message[]>();
  const ids = new Map<number, number>();
  try {
    for (const [id, { topic, schemaId, messageEncoding }] of reader.channelsById) {
      const schema = reader.schemasById.get(schemaId);
      const text = new TextDecoder().decode(schema?.data);
      const [schemaName, schemaEncoding] = [schema?.name ?? '', schema?.encoding ?? ''];
      ids.set(
        id,
        served.server.addChannel({ topic, encoding: messageEncoding, schemaName, schemaEncoding, schema: text }),
      );
      const messages: Message[] = [];
      heard.set(topic, messages);
      await graph.subscribe({ topic }, { handleMessage: (message) => messages.push(message) });
    }
    await waitFor(() => served.subscribed.size === ids.size);
    let count = 0;
    for await (const { channelId, logTime, data } of reader.readMessages()) {
      served.server.sendMessage(ids.get(channelId) ?? -1, logTime, Uint8Array.from(data));
      count++;
    }
    await waitFor(() => [...heard.values()].flat().length === count);
  } finally {
    await graph.close();
    await served.close();
  }
  const replayed = tracks().map(({ topic, messages, ...track }) => {
    const got = heard.get(topic) ?? [];
    const { schema, encoding } = got[0]?.channel ?? {};
    expect(encoding, topic).toBe(track.encoding);
    expect(schema?.name, topic).toBe(track.schemaName);
    // What JSON's schema says is not kept: a robot's JSON has no ROS definition.
    if (encoding !== 'json')
      expect(schema, topic).toMatchObject({ encoding: track.schemaEncoding, text: track.schema });
    expect(got.map(({ logTime }) => logTime)).toEqual(messages.map(({ logTime }) => logTime));
    for (const [index, { data }] of messages.entries())
      expect(Buffer.compare(got[index]?.data ?? new Uint8Array(), data), `${topic} ${index}`).toBe(0);
    return messages.length;
  });
  expect(replayed.length).toBe(13);
});
