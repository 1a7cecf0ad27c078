import { FakeClock } from '@longline/testing';
import { schemaHash } from '@longline/ros';
import { describe, expect, test } from 'vitest';
import { AgentEnd } from './AgentEnd.ts';
import type { LineEndpoint } from './bindWebSocket.ts';
import { lineCloseCodes } from './errors.ts';
import { FrameBuilder } from './FrameBuilder.ts';
import { encodeHeaded, encodeJson } from './jsonRecord.ts';
import { LiveEnd } from './LiveEnd.ts';
import { Outbox } from './Outbox.ts';
import { ReaderEnd } from './ReaderEnd.ts';
import { recordKinds } from './recordKinds.ts';
import type { RecordKindName } from './recordKinds.ts';
import { RobotEnd } from './RobotEnd.ts';
import type { Transport } from './Transport.ts';

const FRAMES = 10_000;
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

/** Mulberry32: small, seeded, good enough to mutate bytes. */
function randomFrom(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const schema = { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data' } as const;
const hash = schemaHash(schema);
const channel = {
  id: 1,
  topic: '/t',
  schema: hash,
  encoding: 'ros1',
  latched: false,
  lane: 'bulk',
  delivery: 'latest',
};
const status = { ros: { state: 'connected' }, simulatedTime: false, standing: [] };
const hello = { device: 'd', boot: 'b', line: 'l', socket: 0, highestToken: 0, software: '', robot: '', features: [] };
const welcome = { server: 's', software: 'x', epoch: 1, features: [] };
const request = {
  id: 'a',
  device: 'd',
  issuer: 'i',
  ageMs: 0,
  deadlineMs: 1_000,
  sentMs: 0,
  token: 0,
  sequence: 0,
  action: { kind: 'publish', topic: '/t', encoding: 'json' },
};

/** One good body of every kind of record. */
const bodies: Record<RecordKindName, Uint8Array> = {
  hello: encodeJson({ role: 'agent', ...hello }),
  welcome: encodeJson({ ...welcome, maxFrameBytes: 1_000_000 }),
  schema: encodeJson({ hash, ...schema }),
  advertise: encodeJson({ channels: [channel] }),
  unadvertise: encodeJson({ channels: [1] }),
  message: new Uint8Array([1, ...new Array<number>(40).fill(0)]),
  dropped: encodeJson({ channel: 1, count: 2 }),
  request: encodeHeaded(request),
  reply: encodeHeaded({ id: 'a', state: 'done', encoding: 'json' }),
  status: encodeJson(status),
  ping: new Uint8Array(8),
  pong: new Uint8Array(32),
  ack: new Uint8Array(8),
  subscribe: encodeJson({ id: 1, kind: 'topics', device: '*', topic: '/**' }),
  unsubscribe: encodeJson({ id: 1 }),
  mark: encodeJson({ id: 1 }),
  device: encodeJson({ device: 'd', online: true, epoch: 1, sinceMs: 0, robot: '', software: '', status }),
};
const kinds = Object.keys(bodies) as RecordKindName[];

/** A frame of good records, bent out of shape in one of several ways, or plain noise. */
function hostileFrame(random: (below: number) => number): Uint8Array {
  if (random(10) === 0) return Uint8Array.from({ length: random(200) }, () => random(256));
  const builder = new FrameBuilder();
  for (let count = 1 + random(4); count > 0; count--) {
    const kind = kinds[random(kinds.length)]!;
    builder.append(recordKinds[kind], bodies[kind]);
  }
  const frame = builder.take().slice();
  for (let count = random(6); count > 0; count--) frame[random(frame.length)] = random(256);
  return random(4) === 0 ? frame.subarray(0, random(frame.length)) : frame;
}

interface Subject {
  readonly end: LineEndpoint & { readonly state: string };
  readonly closeCodes: number[];
}

const nothing = (): void => undefined;

/** The four ends, each already past its greeting. */
const subjects: Record<string, (transport: Transport, clock: FakeClock) => Subject['end']> = {
  "the server's end of a robot's line": (transport, clock) => {
    const end: RobotEnd = new RobotEnd({
      transport,
      clock,
      handlers: {
        handleHello: () => end.welcome(welcome),
        handleAdvertise: nothing,
        handleUnadvertise: nothing,
        handleMessage: nothing,
        handleDropped: nothing,
        handleStatus: nothing,
        handleClosed: nothing,
      },
    });
    end.handleFrame(one('hello'));
    end.handleFrame(one('schema'));
    end.handleFrame(one('advertise'));
    return end;
  },
  "the agent's end": (transport, clock) => {
    const end = new AgentEnd({
      transport,
      clock,
      outbox: new Outbox(),
      hello: { role: 'agent', ...hello },
      handlers: {
        handleWelcome: nothing,
        handleRequest: ({ id }) => end.reply({ id, state: 'done' }),
        handleClosed: nothing,
      },
    });
    end.handleFrame(one('welcome'));
    return end;
  },
  "the server's end of a reader's line": (transport, clock) => {
    const end: LiveEnd = new LiveEnd({
      transport,
      clock,
      handlers: {
        handleHello: () => end.welcome(welcome),
        handleSubscribe: nothing,
        handleUnsubscribe: nothing,
        handleRequest: nothing,
        handleClosed: nothing,
      },
    });
    const builder = new FrameBuilder();
    builder.append(recordKinds.hello, encodeJson({ role: 'reader', software: '', features: [] }));
    end.handleFrame(builder.take());
    return end;
  },
  "the reader's end": (transport, clock) => {
    const end = new ReaderEnd({
      transport,
      clock,
      hello: { role: 'reader', software: '', features: [] },
      handlers: {
        handleWelcome: nothing,
        handleAdvertise: nothing,
        handleUnadvertise: nothing,
        handleMessage: nothing,
        handleDropped: nothing,
        handleDevice: nothing,
        handleMark: nothing,
        handleClosed: nothing,
      },
    });
    end.handleFrame(one('welcome'));
    return end;
  },
};

function one(kind: RecordKindName): Uint8Array {
  const builder = new FrameBuilder();
  builder.append(recordKinds[kind], bodies[kind]);
  return builder.take();
}

describe(`${FRAMES} random and mutated frames (FUZZ_SEED=${seed})`, () => {
  test.each(Object.keys(subjects))('%s refuses each with a documented code and never throws', (name) => {
    const random = randomFrom(seed);
    const documented = new Set<number>(Object.values(lineCloseCodes));
    const clock = new FakeClock();
    let closeCode: number | undefined;
    let refused = 0;
    let accepted = 0;
    const transport: Transport = { bufferedBytes: 0, send: nothing, close: (code) => (closeCode = code) };
    let end = subjects[name]!(transport, clock);
    expect(end.state).toBe('open');
    for (let index = 0; index < FRAMES; index++) {
      end.handleFrame(hostileFrame(random));
      if (end.state === 'closed') {
        refused += 1;
        expect(documented).toContain(closeCode);
        expect(closeCode).not.toBe(lineCloseCodes.INTERNAL);
        end = subjects[name]!(transport, clock);
      } else {
        accepted += 1;
      }
    }
    expect(refused).toBeGreaterThan(FRAMES / 2);
    expect(accepted).toBeGreaterThan(0);
    end.handleDisconnected(1006, '');
    expect(clock.pendingTimers).toBe(0);
  });
});
