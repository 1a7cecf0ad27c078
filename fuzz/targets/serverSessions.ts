import { FrameBuilder, lineCloseCodes, readRecords } from '@longline/line';
import type { RecordKindName } from '@longline/line';
import { schemaHash } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { z } from 'zod';
import { everything } from '../../packages/server/src/access/Principal.ts';
import type { Principal } from '../../packages/server/src/access/Principal.ts';
import { AgentSession } from '../../packages/server/src/gateway/AgentSession.ts';
import { LiveSession } from '../../packages/server/src/live/LiveSession.ts';
import { int64Schema } from '../../packages/server/src/testing/schemas.ts';
import { ServerRooms } from '../../packages/server/src/testing/ServerRooms.fixture.ts';
import { sessionHost } from '../../packages/server/src/testing/sessionHost.fixture.ts';
import { bendValue } from '../bendValue.ts';
import type { Dice } from '../Dice.ts';
import { claim } from '../FuzzTarget.ts';
import type { FuzzTarget } from '../FuzzTarget.ts';
import { bentFrame, frameOf, headedBody } from '../lineFrames.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const json = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));
const documented = new Set<number>(Object.values(lineCloseCodes));

/** What each may see: whatever they ask, they hear of nothing else. */
const readers: readonly Principal[] = [
  { id: 'a', name: 'all', role: 'admin', scope: everything },
  { id: 'b', name: 'viewer of r0', role: 'viewer', scope: { devices: ['r0'], read: ['/a'], write: [] } },
  {
    id: 'c',
    name: 'operator',
    role: 'operator',
    scope: { devices: ['r0', 'good'], read: ['/a', '/good'], write: ['/a'] },
  },
  { id: 'd', name: 'nothing', role: 'viewer', scope: { devices: [], read: [], write: [] } },
];
const topics = ['/a', '/c', '/secret'];
const agentKinds: readonly RecordKindName[] = [
  'schema',
  'advertise',
  'unadvertise',
  'message',
  'dropped',
  'part',
  'packed',
  'reply',
  'status',
  'report',
  'ping',
  'ackRequest',
];
const readerKinds: readonly RecordKindName[] = ['subscribe', 'unsubscribe', 'request', 'part', 'ping', 'ackRequest'];

function helloFrame(device: string, boot: string): Uint8Array {
  const rest = { line: boot, socket: 0, highestToken: 0, software: '', robot: '', features: [] };
  return frameOf('hello', headedBody({ role: 'agent', device, boot, ...rest }));
}

const { name, encoding, text } = int64Schema;
const schemaFrame = frameOf('schema', json({ hash: schemaHash(int64Schema), name, encoding, text }));

function advertiseFrame(names: readonly string[]): Uint8Array {
  const rest = {
    schema: schemaHash(int64Schema),
    encoding: 'ros1',
    latched: false,
    lane: 'telemetry',
    delivery: 'latest',
  };
  return frameOf('advertise', json({ channels: names.map((topic, id) => ({ id, topic, ...rest })) }));
}

function messageFrame(channel: number, sequence: number): Uint8Array {
  const builder = new FrameBuilder();
  builder.appendMessage(channel, { sequence, logTime: 1n, publishTime: 1n, data: new Uint8Array(8) });
  return builder.take().slice();
}

function readerFrame(dice: Dice, id: number): Uint8Array {
  const device = dice.one(['r0', 'r1', '*', 'r*', 'good']);
  const subscriptions = [
    { id, kind: 'topics', device, topic: dice.one(['/**', '/a', '/secret', '/{a,c}']) },
    { id, kind: 'devices' },
    { id, kind: 'lines', device },
  ];
  const actions = [
    { kind: 'publish', topic: dice.one(topics), encoding: 'json' },
    { kind: 'graph' },
    { kind: 'snapshot', topic: dice.one(topics) },
    { kind: 'standing.set', topic: '/a', encoding: 'json', rateHz: 1, holdMs: 200 },
    { kind: 'lease.take', holdMs: 500, takeOver: dice.oneIn(2) },
    { kind: 'motion', topic: '/a', encoding: 'json' },
    { kind: 'stop' },
    { kind: 'stop.release' },
  ];
  const header = {
    id: `c${dice.below(20)}`,
    device,
    issuer: '',
    ageMs: 0,
    deadlineMs: 500,
    sentMs: 0,
    token: dice.below(3),
    sequence: 0,
  };
  const bend = (value: unknown): unknown => (dice.oneIn(4) ? (bendValue(dice, value) ?? null) : value);
  return dice.oneIn(2)
    ? frameOf('subscribe', json(bend(dice.one(subscriptions))))
    : frameOf('request', headedBody(bend({ ...header, action: dice.one(actions) }), json({ data: 1 })));
}

/** Looks that a reader is told of nothing that it may not read. */
function checkTold(frame: Uint8Array, { scope }: Principal): void {
  const sees = (device: string): boolean => scope.devices.includes('*') || scope.devices.includes(device);
  const reads = (topic: string): boolean => scope.read.includes('/**') || scope.read.includes(topic);
  readRecords(frame, {
    handleMessage: () => undefined,
    handleRecord(kind, body) {
      if (kind === 'advertise') {
        const channel = z.object({ device: z.string(), topic: z.string() });
        for (const told of z.object({ channels: z.array(channel) }).parse(JSON.parse(decoder.decode(body))).channels) {
          claim(sees(told.device) && reads(told.topic), `it was told of ${told.topic} of ${told.device}`);
        }
      }
      if (kind !== 'device' && kind !== 'line') return;
      const { device } = z.object({ device: z.string() }).parse(JSON.parse(decoder.decode(body)));
      claim(sees(device), `it was told of ${device}`);
    },
  });
}

/** Hostile agents and readers on one server: nobody hears what is not theirs, and a good agent and reader go on beside them. */
export const serverSessions: FuzzTarget = {
  name: 'server-sessions',
  weight: 2,
  open: () => ({
    async play(dice, feed) {
      const clock = new FakeClock();
      const limits = { maxDevices: 3, maxChannelsPerDevice: 5, maxLatestBytesPerDevice: 700, maxCommands: 10 };
      const rooms = new ServerRooms({ clock, limits, maxStanding: 2 });
      const { commands, fleet, standing } = rooms;
      const faults: unknown[] = [];
      const host = sessionHost(rooms, { handleFault: (_what, error) => void faults.push(error) });
      const transport = (send: (frame: Uint8Array) => void = () => undefined) => ({
        bufferedBytes: dice.oneIn(8) ? 10_000_000 : 0,
        send,
        close: (code: number, reason: string) =>
          claim(documented.has(code) && code !== lineCloseCodes.INTERNAL, `closed with ${code} ${reason}`),
      });
      // The good ones.
      let heard = 0;
      const goodAgent = new AgentSession(host, { ...transport(), bufferedBytes: 0 }, '127.0.0.1');
      goodAgent.handleFrame(helloFrame('good', 'good'));
      await clock.advance(0);
      for (const frame of [schemaFrame, advertiseFrame(['/good'])]) goodAgent.handleFrame(frame);
      const hear = (frame: Uint8Array): void =>
        readRecords(frame, { handleMessage: () => (heard += 1), handleRecord: () => undefined });
      const [all = { id: '', name: '', role: 'admin', scope: everything }] = readers;
      const goodReader = new LiveSession(host, all, { ...transport(hear), bufferedBytes: 0 });
      goodReader.handleFrame(frameOf('hello', json({ role: 'reader', software: '', features: [] })));
      goodReader.handleFrame(frameOf('subscribe', json({ id: 1, kind: 'topics', device: 'good', topic: '/good' })));
      // The others.
      for (let round = 0; round < 4; round++) {
        const principal = dice.one(readers);
        const agent = new AgentSession(host, transport(), '127.0.0.1');
        agent.handleFrame(helloFrame(dice.one(['r0', 'r1', 'r2']), `b${round}`));
        await clock.advance(0);
        const reader = new LiveSession(
          host,
          principal,
          transport((frame) => checkTold(frame, principal)),
        );
        reader.handleFrame(frameOf('hello', json({ role: 'reader', software: '', features: [] })));
        for (const frame of [schemaFrame, advertiseFrame(topics)]) agent.handleFrame(frame);
        const patience = dice.one([2, 10]);
        for (let count = 1; count < 16; count++) {
          const fromAgent = dice.oneIn(patience) ? bentFrame(dice, agentKinds) : messageFrame(dice.below(3), count);
          feed({ fromAgent }, () => agent.handleFrame(fromAgent));
          const fromReader = dice.oneIn(patience) ? bentFrame(dice, readerKinds) : readerFrame(dice, count);
          feed({ fromReader, principal: principal.name }, () => reader.handleFrame(fromReader));
          if (dice.oneIn(16)) await clock.advance(dice.one([5, 100]));
        }
        reader.handleDisconnected(1006, '');
        agent.handleDisconnected(1006, '');
      }
      await clock.advance(10);
      const before = heard;
      goodAgent.handleFrame(messageFrame(0, 1));
      await clock.advance(10);
      claim(heard === before + 1, 'a good reader did not hear a good agent');
      claim(faults.length === 0, `it failed inside: ${faults[0] instanceof Error ? (faults[0].stack ?? '') : ''}`);
      claim(fleet.deviceCount <= limits.maxDevices, `${fleet.deviceCount} devices`);
      // 100 more is the room for stops.
      claim(commands.size <= limits.maxCommands + 100, `${commands.size} commands`);
      for (const device of fleet.devices) {
        claim(
          device.latestBytes.usedBytes <= limits.maxLatestBytesPerDevice,
          'more last messages than there is room for',
        );
      }
      goodReader.handleDisconnected(1006, '');
      goodAgent.handleDisconnected(1006, '');
      standing.stop();
    },
  }),
};
