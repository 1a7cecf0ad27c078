import { FrameBuilder, recordKinds } from '@longline/line';
import type { RecordKindName } from '@longline/line';
import { schemaHash } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { AgentSession } from './gateway/AgentSession.ts';
import { defaultServerLimits } from './limits.ts';
import { LiveSession } from './live/LiveSession.ts';
import { localAdministrator } from './access/Principal.ts';
import { bytesSchema, floatSchema, int64Schema } from './testing/schemas.ts';
import { sessionHost } from './testing/sessionHost.fixture.ts';
import { ServerRooms } from './testing/ServerRooms.fixture.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** mulberry32: small, seeded, good enough to reach every branch. */
function randomFrom(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const random = randomFrom(seed);
const one = <T>(items: readonly T[]): T => items[random(items.length)]!;
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const schemas = [int64Schema, floatSchema, bytesSchema];
const topics = ['/a', '/a/b', '/c', '/'.repeat(300), 'no slash', '/é', '/\ud800'];
const patterns = ['/**', '/a', '/*', '/{a,c}', '/a/**', '**', ''];
const devices = ['r0', 'r1', 'r*', '*', 'x'];

function frame(kind: RecordKindName, ...parts: Uint8Array[]): Uint8Array {
  const builder = new FrameBuilder();
  builder.append(recordKinds[kind], ...parts);
  return builder.take().slice();
}

function headed(kind: RecordKindName, header: unknown, payload: Uint8Array): Uint8Array {
  const json = encode(header);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, json.length, true);
  return frame(kind, length, json, payload);
}

function messageFrame(): Uint8Array {
  const builder = new FrameBuilder();
  for (let i = random(5); i >= 0; i--) {
    // Seldom one that may not be advertised, which ends the line.
    builder.appendMessage(random(50) === 0 ? random(6) : random(3), {
      sequence: i,
      logTime: 2n ** 64n - 1n,
      publishTime: 0n,
      data: new Uint8Array(random(300)),
    });
  }
  return builder.take().slice();
}

/** Mostly one topic for each number: another one ends the line. */
const idAndTopic = (id: number): { id: number; topic: string } => ({
  id,
  topic: random(30) === 0 ? one(topics) : (topics[id] ?? '/z'),
});

function advertiseFrame(ids: readonly number[]): Uint8Array {
  const channels = ids.map((id) => ({
    ...idAndTopic(id),
    schema: schemaHash(one(schemas)),
    encoding: one(['ros1', 'cdr', 'json']),
    latched: random(2) === 0,
    lane: 'telemetry',
    delivery: 'latest',
  }));
  return frame('advertise', encode({ channels }));
}

const agentFrames: (() => Uint8Array)[] = [
  messageFrame,
  messageFrame,
  () => advertiseFrame(Array.from({ length: 1 + random(3) }, () => random(6))),
  () => frame('unadvertise', encode({ channels: [3 + random(3), random(20) === 0 ? random(6) : 5] })),
  () => frame('dropped', encode({ channel: random(6), count: 1 + random(1_000_000) })),
  () => frame('status', encode({ ros: { state: 'connected' }, simulatedTime: false, standing: [] })),
  () =>
    headed(
      'reply',
      { id: `c${random(20)}`, state: one(['received', 'done', 'failed']) },
      encode(one([{ motion: true }, 'x'])),
    ),
];

const readerFrames: (() => Uint8Array)[] = [
  () =>
    frame(
      'subscribe',
      encode({
        id: random(1e9),
        kind: 'topics',
        device: one(devices),
        topic: one(patterns.slice(0, 5)),
        ...(random(2) === 0 ? { rateHz: 1 + random(100) } : {}),
        ...(random(3) === 0 ? { once: true } : {}),
        ...(random(4) === 0 ? { channelsOnly: true } : {}),
      }),
    ),
  () => frame('subscribe', encode({ id: random(1e9), kind: 'devices' })),
  () =>
    frame(
      'subscribe',
      encode({ id: random(1e9), kind: 'topics', device: one(devices), topic: random(5) === 0 ? one(patterns) : '/**' }),
    ),
  () => frame('unsubscribe', encode({ id: random(3) })),
  () =>
    headed(
      'request',
      {
        id: `c${random(20)}`,
        device: one(['r0', 'r1', 'r9']),
        issuer: '',
        ageMs: random(86_400_001),
        deadlineMs: random(86_400_001),
        sentMs: random(1e9),
        token: one([0, random(20)]),
        sequence: 0,
        action: one([
          { kind: 'publish', topic: one(topics), encoding: 'json' },
          { kind: 'graph' },
          { kind: 'standing.set', topic: '/a', encoding: 'json', rateHz: 1, holdMs: 100 + random(1000) },
          { kind: 'standing.end', topic: '/a' },
          { kind: 'lease.take', holdMs: 200 + random(1000), takeOver: random(2) === 0 },
          { kind: 'lease.renew', holdMs: 200 + random(1000) },
          { kind: 'lease.release' },
          { kind: 'motion', topic: '/a', encoding: 'json' },
          { kind: 'stop', outputs: one([undefined, '/a', '/**']) },
          { kind: 'stop.release' },
        ]),
      },
      new Uint8Array(random(100)),
    ),
];

test(`sessions of 2000 hostile agents and readers fail with documented codes, never inside (FUZZ_SEED=${seed})`, async () => {
  const clock = new FakeClock();
  const limits = {
    ...defaultServerLimits,
    maxDevices: 2,
    maxChannelsPerDevice: 3,
    maxLatestBytesPerDevice: 700,
    maxCommands: 10,
  };
  const rooms = new ServerRooms({ clock, limits, maxStanding: 2 });
  const { fleet, commands, standing } = rooms;
  const codes = new Set<string>();
  const faults: unknown[] = [];
  const host = sessionHost(rooms, { handleFault: (_what, error) => void faults.push(error) });
  const transport = () => {
    const own = {
      bufferedBytes: random(4) === 0 ? 10_000_000 : 0,
      send: () => undefined,
      close: (_code: number, reason: string) => void codes.add(reason.split(':')[0]!),
    };
    return own;
  };
  for (let round = 0; round < 1_000; round++) {
    const agent = new AgentSession(host, transport(), '127.0.0.1');
    const device = one(['r0', 'r1', 'r2']);
    agent.handleFrame(
      headed(
        'hello',
        {
          role: 'agent',
          device,
          boot: 'b',
          line: 'l',
          socket: 0,
          highestToken: 0,
          software: '',
          robot: '',
          features: [],
        },
        new Uint8Array(0),
      ),
    );
    await clock.advance(0);
    const reader = new LiveSession(host, localAdministrator, transport());
    reader.handleFrame(frame('hello', encode({ role: 'reader', software: '', features: [] })));
    for (const { name, encoding, text } of schemas) {
      agent.handleFrame(frame('schema', encode({ hash: schemaHash({ name, encoding, text }), name, encoding, text })));
    }
    agent.handleFrame(advertiseFrame([0, 1, 2]));
    for (let i = random(40); i >= 0; i--) {
      agent.handleFrame(one(agentFrames)());
      reader.handleFrame(one(readerFrames)());
      if (random(8) === 0) await clock.advance(random(100));
    }
    if (random(2) === 0) agent.handleDisconnected(1006, '');
    reader.handleDisconnected(1006, '');
    agent.handleDisconnected(1006, '');
  }
  expect(host.counters.messages).toBeGreaterThan(1_000);
  expect(faults).toEqual([]);
  expect([...codes].filter((code) => code === 'INTERNAL')).toEqual([]);
  expect(fleet.deviceCount).toBe(2);
  // 100 more is the room for stops.
  expect(commands.size).toBeLessThanOrEqual(110);
  const channels = [...fleet.devices].flatMap((device) => [...device.channels.values()]);
  expect(new Set(channels.map(({ id }) => id)).size).toBe(channels.length);
  for (const device of fleet.devices) expect(device.latestBytes.usedBytes).toBeLessThanOrEqual(700);
  standing.stop();
  await clock.advance(200_000_000);
  expect(clock.pendingTimers).toBe(0);
});
