import fc from 'fast-check';
import { FrameBuilder, recordKinds } from '@longline/line';
import type { Action, RecordKindName, RobotStatus } from '@longline/line';
import { expect, test } from 'vitest';
import { somebody } from '../access/principal.fixture.ts';
import type { FakeRobotLine } from '../testing/FakeRobotLine.ts';
import { messageRecord } from '../testing/messageRecord.ts';
import { bytesSchema } from '../testing/schemas.ts';
import { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import { sessionHost } from '../testing/sessionHost.fixture.ts';
import { LiveSession } from './LiveSession.ts';

// Whatever a reader may not see has this in its name or its bytes.
const mark = 'hidden';
const devices = ['r1', 'r2', 'hidden-1', 'hidden-2'];
const topics = ['/odom', '/camera/left', '/hidden', '/camera_hidden/left'];
const encoder = new TextEncoder();
const encode = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));

/** Whatever the whole fleet says: each topic says its own name. */
class Fleet {
  readonly rooms = new ServerRooms();
  readonly lines = new Map<string, FakeRobotLine>();
  #sequence = 0;

  connect(device: string): void {
    this.lines.set(device, this.rooms.connect(device));
  }

  say(device: string, topic: string): void {
    const state = this.rooms.fleet.device(device);
    if (state?.online !== true) return;
    const described = {
      schema: bytesSchema,
      encoding: 'ros1',
      latched: false,
      lane: 'state',
      delivery: 'latest',
    } as const;
    const channel = this.rooms.fleet.advertise(state, { id: topics.indexOf(topic), topic, ...described });
    const text = device.includes(mark) || topic.includes(mark) ? mark : 'shown';
    channel.handleMessage(messageRecord(encoder.encode(text), this.#sequence++), 1n);
  }

  withdraw(device: string, topic: string): void {
    const state = this.rooms.fleet.device(device);
    const channel = state?.channels.get(topic);
    if (state !== undefined && channel !== undefined) this.rooms.fleet.unadvertise(state, channel);
  }

  tell(device: string): void {
    const state = this.rooms.fleet.device(device);
    if (state === undefined) return;
    const output = (name: string): NonNullable<RobotStatus['motion']>['outputs'][number] => ({
      kind: 'topic',
      name,
      state: 'still',
      timeoutMs: 1,
      others: [],
      refused: 0,
    });
    state.status = {
      ros: { state: 'connected' },
      simulatedTime: false,
      standing: topics.map((topic) => ({ topic, state: 'active' })),
      motion: { deadman: { state: 'ready' }, token: 0, leased: false, latches: [], outputs: topics.map(output) },
    };
    this.rooms.fleet.announce(state, 'status');
  }

  /** The robot answers its newest request with all of its names. */
  answer(device: string): void {
    const graph = {
      rosVersion: 1,
      topics: topics.map((name) => ({ name, type: 'p/T', publishers: [], subscribers: [] })),
      services: topics.map((name) => ({ name, type: 'p/S', providers: [] })),
    };
    const line = this.lines.get(device);
    const kind = line?.asked.at(-1)?.request.action.kind;
    line?.answer({ json: JSON.stringify(kind === 'graph' ? graph : { names: topics }) });
  }
}

const questions: readonly Action[] = [
  { kind: 'graph' },
  { kind: 'parameter.list' },
  { kind: 'snapshot', topic: '/camera_hidden/left' },
  { kind: 'parameter.get', name: '/hidden' },
];

interface Reader {
  readonly sent: () => string;
  readonly send: (kind: RecordKindName, ...parts: Uint8Array[]) => void;
}

/** One reader that is shown `r*`, `/odom` and `/camera/**`, and every byte that it is sent. */
function open(fleet: Fleet): Reader {
  const frames: Uint8Array[] = [];
  const session = new LiveSession(
    sessionHost(fleet.rooms),
    somebody('operator', { devices: ['r*'], read: ['/odom', '/camera/**'], write: ['/odom'] }),
    { bufferedBytes: 0, send: (frame) => void frames.push(frame.slice()), close: () => undefined },
  );
  const send = (kind: RecordKindName, ...parts: Uint8Array[]): void => {
    const frame = new FrameBuilder();
    frame.append(recordKinds[kind], ...parts);
    session.handleFrame(frame.take().slice());
  };
  send('hello', encode({ role: 'reader', software: '', features: [] }));
  return { send, sent: () => frames.map((frame) => Buffer.from(frame).toString('latin1')).join('') };
}

/** What may happen next, to a device and a topic. */
type Step = (
  fleet: Fleet,
  reader: Reader,
  on: { readonly device: string; readonly topic: string; readonly id: number },
) => void;

const steps: Readonly<Record<string, Step>> = {
  connect: (fleet, _reader, { device }) => fleet.connect(device),
  leave: (fleet, _reader, { device }) => fleet.rooms.disconnect(device),
  say: (fleet, _reader, { device, topic }) => fleet.say(device, topic),
  withdraw: (fleet, _reader, { device, topic }) => fleet.withdraw(device, topic),
  tell: (fleet, _reader, { device }) => fleet.tell(device),
  answer: (fleet, _reader, { device }) => fleet.answer(device),
  'watch devices': (_fleet, reader, { id }) => reader.send('subscribe', encode({ id, kind: 'devices' })),
  'watch a line': (_fleet, reader, { id, device }) => reader.send('subscribe', encode({ id, kind: 'line', device })),
  'watch a topic': (_fleet, reader, { id, device, topic }) =>
    reader.send('subscribe', encode({ id, kind: 'topics', device, topic })),
  'watch all': (_fleet, reader, { id }) =>
    reader.send('subscribe', encode({ id, kind: 'topics', device: '*', topic: '/**' })),
  ask: (_fleet, reader, { id, device }) => {
    const action = questions[id % questions.length];
    const times = { ageMs: 0, deadlineMs: 9_000, sentMs: 0 };
    const header = encode({ id: `q${id}`, device, issuer: '', ...times, token: 0, sequence: id, action });
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, header.length, true);
    reader.send('request', length, header);
  },
};

test('no byte that a limited reader is sent is of what it may not see, whatever it asks and whatever happens', async () => {
  const step = fc.record({
    what: fc.constantFrom(...Object.keys(steps)),
    device: fc.constantFrom(...devices),
    topic: fc.constantFrom(...topics),
  });
  const shown = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (events) => {
      const fleet = new Fleet();
      const reader = open(fleet);
      for (const device of devices) fleet.connect(device);
      for (const [id, { what, ...on }] of events.entries()) {
        steps[what]?.(fleet, reader, { ...on, id });
        await fleet.rooms.clock.advance(20);
      }
      // A refusal names what was asked for, which the asker knows.
      const sent = reader.sent().replaceAll(/"message":"[^"]*"/g, '');
      expect(sent).not.toContain(mark);
      for (const seen of [
        'shown',
        '"device":"r2"',
        '"rosVersion":1',
        '"names":["/odom"',
        '"standing":[{"topic":"/odom"',
      ])
        if (sent.includes(seen)) shown.add(seen);
    }),
    { numRuns: 300 },
  );
  // It is no test of silence.
  expect(shown.size).toBe(5);
});
