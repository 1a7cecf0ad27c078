import { FrameBuilder, recordKinds } from '@longline/line';
import type { AgentHello, Challenge, LineRecord, LineReport, RecordKindName, Welcome } from '@longline/line';
import { schemaHash } from '@longline/ros';

/** Gives whole numbers from 0 to below the argument. */
export type RandomBelow = (below: number) => number;

/** Mulberry32: small, seeded, good enough to mutate bytes. */
export function randomFrom(seed: number): RandomBelow {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** The seed that `FUZZ_SEED` names, else a new one. Print it: it repeats the run. */
export const fuzzSeed = (): number => Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

const encoder = new TextEncoder();
const json = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));

/** u32 header length and header; the payload is empty. */
function headed(header: unknown): Uint8Array {
  const text = json(header);
  const body = new Uint8Array(4 + text.length);
  new DataView(body.buffer).setUint32(0, text.length, true);
  body.set(text, 4);
  return body;
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

/** A good hello of an agent, as the fields that the line takes. */
export const sampleHello: AgentHello = {
  role: 'agent',
  device: 'd',
  boot: 'b',
  line: 'l',
  socket: 0,
  highestToken: 0,
  software: '',
  robot: '',
  features: [],
};
/** A good challenge. */
export const sampleChallenge: Challenge = { nonce: 'A'.repeat(43), server: 's' };
/** A good welcome, as a server writes it on the wire. */
export const sampleWelcome: Welcome = { server: 's', software: 'x', epoch: 1, maxFrameBytes: 1_000_000, features: [] };

const report: LineReport = {
  roundTripMs: 60,
  bytesPerSecond: 1_000,
  windowBytes: 8_192,
  inFlightBytes: 0,
  copies: false,
  waitingBytes: [0, 0, 0, 1],
  dropped: [0, 0, 2, 0],
  lines: 1,
  dials: 1,
};

const lane = { receivedMs: 10, underWayMs: null, waitingBytes: 1, dropped: 2 };
const line: LineRecord = {
  device: 'd',
  online: true,
  epoch: 1,
  sinceMs: 0,
  nowMs: 1,
  sockets: 1,
  roundTripMs: 60,
  clockOffsetMs: -3,
  clockErrorMs: 30,
  reconnects: 2,
  up: {
    roundTripMs: 60,
    lastRoundTripMs: 70,
    bytesPerSecond: null,
    windowBytes: 8_192,
    inFlightBytes: 100,
    receivedBytesPerSecond: 5,
    receivedBytes: 6,
    receivedFrames: 7,
    receivedMessages: 8,
    copies: false,
    lanes: { control: lane, state: lane, telemetry: lane, bulk: lane },
  },
  down: null,
  reportedMs: 1_000,
  agent: { lines: 1, dials: 1 },
};

/** One good body of every kind of record. */
const bodies: Record<RecordKindName, Uint8Array> = {
  hello: headed(sampleHello),
  welcome: json(sampleWelcome),
  challenge: json(sampleChallenge),
  schema: json({ hash, ...schema }),
  advertise: json({ channels: [channel] }),
  unadvertise: json({ channels: [1] }),
  message: new Uint8Array([1, ...new Array<number>(40).fill(0)]),
  dropped: json({ channel: 1, count: 2 }),
  part: new Uint8Array([1, 0, 0, 0, 40, 0, 0, 0, 0, 0, 0, 0, 0x30, 8, 0, 0, 0]),
  packed: new Uint8Array(8),
  demand: json({ channels: [{ id: 1, rateHz: 10 }] }),
  request: headed(request),
  reply: headed({ id: 'a', state: 'done', encoding: 'json' }),
  status: json(status),
  report: json(report),
  ping: new Uint8Array(8),
  pong: new Uint8Array(32),
  ack: new Uint8Array(8),
  ackRequest: new Uint8Array(0),
  subscribe: json({ id: 1, kind: 'topics', device: '*', topic: '/**' }),
  unsubscribe: json({ id: 1 }),
  mark: json({ id: 1 }),
  line: json(line),
  device: json({ device: 'd', online: true, epoch: 1, sinceMs: 0, robot: '', software: '', status }),
};
const everyKind = Object.keys(bodies) as RecordKindName[];

const isAgentHello = (body: object): boolean => 'role' in body && body.role === 'agent';

/** A frame of one good record; `body` replaces the sample's. */
export function sampleFrame(kind: RecordKindName, body: Uint8Array | object = bodies[kind]): Uint8Array {
  const builder = new FrameBuilder();
  builder.append(recordKinds[kind], body instanceof Uint8Array ? body : isAgentHello(body) ? headed(body) : json(body));
  return builder.take().slice();
}

/** A frame of good records of these kinds (default: all), bent out of shape in one of several ways, or plain noise. */
export function hostileFrame(random: RandomBelow, kinds: readonly RecordKindName[] = everyKind): Uint8Array {
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
