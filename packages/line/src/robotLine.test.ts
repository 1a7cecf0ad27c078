import { DuplexPair, FakeClock, sampleChallenge } from '@longline/testing';
import type { MessageParts, Schema } from '@longline/ros';
import { describe, expect, test, vi } from 'vitest';
import { AgentEnd } from './AgentEnd.ts';
import type { AdvertisedChannel } from './ChannelSender.ts';
import { CoarseTimers } from './CoarseTimers.ts';
import type { LineClose } from './errors.ts';
import type { AgentHello } from './hello.ts';
import { encodeJson } from './jsonRecord.ts';
import type { LineLimits } from './limits.ts';
import type { Reply } from './OpenRequests.ts';
import { FrameBuilder } from './FrameBuilder.ts';
import { Outbox } from './Outbox.ts';
import { recordKinds } from './recordKinds.ts';
import type { RequestHeader, RobotStatus } from './requestRecords.ts';
import { RobotEnd } from './RobotEnd.ts';

const hello: AgentHello = {
  role: 'agent',
  device: 'r1',
  boot: 'b1',
  line: 'l1',
  socket: 0,
  highestToken: 0,
  software: 'test',
  robot: 'turtlesim:',
  features: [],
};

const chatter: AdvertisedChannel = {
  id: 3,
  topic: '/chatter',
  schema: { name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data' },
  encoding: 'ros1',
  latched: false,
  lane: 'telemetry',
  delivery: 'latest',
};

const message = (sequence: number, bytes = 4): MessageParts => ({
  sequence,
  logTime: 5n,
  publishTime: 6n,
  // Noise: what could be packed would not fill a window.
  data: Uint8Array.from({ length: bytes }, (_, at) => Math.imul(at + 1 + 7919 * sequence, 2_654_435_761) >>> 24),
});

const request = {
  id: 'q1',
  issuer: 'tester',
  ageMs: 10,
  deadlineMs: 1_000,
  token: 0,
  sequence: 1,
  action: { kind: 'call', service: '/s', encoding: 'ros1' },
} as const;

/** An agent and a server joined by a pair of transports. */
class Line {
  readonly clock = new FakeClock();
  /** The robot's machine slept so long: its monotonic clock stood still, and the server's did not. */
  sleptMs = 0;
  readonly pair: DuplexPair;
  readonly outbox = new Outbox(this.clock);
  readonly agent: AgentEnd;
  readonly robot: RobotEnd;
  readonly log: string[] = [];
  readonly requests: { request: RequestHeader; payload: Uint8Array; ageMs: number }[] = [];
  readonly statuses: RobotStatus[] = [];
  agentClose: LineClose | undefined;
  robotClose: LineClose | undefined;

  constructor(
    options: {
      delayMs?: number;
      limits?: Partial<LineLimits>;
      welcome?: boolean;
      coarse?: boolean;
      knownSchemas?: readonly Schema[];
    } = {},
  ) {
    const { limits = {}, delayMs = 0, welcome = true, coarse = false, knownSchemas = [] } = options;
    this.pair = new DuplexPair(this.clock, { delayMs });
    this.agent = this.pair.left.attach(
      (transport) =>
        new AgentEnd({
          transport,
          clock: {
            monotonicMs: () => this.clock.monotonicMs() - this.sleptMs,
            wallNs: () => this.clock.wallNs(),
            after: (delayMs, callback) => this.clock.after(delayMs, callback),
          },
          hello,
          outbox: this.outbox,
          limits,
          handlers: {
            handleWelcome: () => this.log.push('welcome'),
            handleRequest: (header, payload, ageMs) =>
              this.requests.push({ request: header, payload: payload.slice(), ageMs }),
            handleClosed: (close) => (this.agentClose = close),
          },
        }),
    );
    this.robot = this.pair.right.attach(
      (transport) =>
        new RobotEnd({
          transport,
          clock: this.clock,
          limits,
          challenge: sampleChallenge,
          timers: coarse ? new CoarseTimers(this.clock) : undefined,
          handlers: {
            handleHello: ({ device }) => {
              this.log.push(`hello ${device}`);
              if (welcome) this.robot.welcome({ server: 's', software: 'x', epoch: 1, knownSchemas });
            },
            handleAdvertise: (channels) => channels.forEach((channel) => this.log.push(`advertise ${channel.topic}`)),
            handleUnadvertise: (channels) => channels.forEach((channel) => this.log.push(`gone ${channel.topic}`)),
            handleMessage: (channel, record) => this.log.push(`${channel.topic} ${record.sequence}`),
            handleDropped: (channel, count) => this.log.push(`dropped ${channel.topic} ${count}`),
            handleStatus: (status) => this.statuses.push(status),
            handleClosed: (close) => (this.robotClose = close),
          },
        }),
    );
    this.outbox.openChannel(chatter.id, chatter);
  }

  async opened(): Promise<this> {
    this.pair.open();
    await this.clock.advance(1_000);
    return this;
  }
}

describe('a robot line', () => {
  test('greets, advertises with the definition sent once, and carries messages', async () => {
    const line = await new Line().opened();
    line.agent.advertise([chatter, { ...chatter, id: 4, topic: '/other' }]);
    line.outbox.push(3, message(0));
    line.outbox.push(3, message(1));
    line.agent.handleQueued();
    await line.clock.advance(5);
    expect(line.log).toEqual([
      'hello r1',
      'welcome',
      'advertise /chatter',
      'advertise /other',
      '/chatter 0',
      '/chatter 1',
    ]);
    const text = line.pair.left.sent.map((frame) => new TextDecoder().decode(frame)).join('');
    expect(text.split('string data')).toHaveLength(2);
  });

  test('a definition that the server has from an earlier line is not sent again', async () => {
    const line = await new Line({ knownSchemas: [{ ...chatter.schema }] }).opened();
    line.agent.advertise([chatter]);
    line.outbox.push(3, message(0));
    line.agent.handleQueued();
    await line.clock.advance(5);
    expect(line.log.slice(2)).toEqual(['advertise /chatter', '/chatter 0']);
    const text = line.pair.left.sent.map((frame) => new TextDecoder().decode(frame)).join('');
    expect(text).not.toContain(chatter.schema.text);
  });

  test('a rare message waits for nothing; those that follow share a frame, which leaves within the batching delay', async () => {
    const line = await new Line().opened();
    line.agent.advertise([chatter]);
    await line.clock.advance(10);
    const frames = line.pair.left.sent.length;
    const send = (sequence: number): void => {
      line.outbox.push(3, message(sequence));
      line.agent.handleQueued();
    };
    send(0);
    await line.clock.advance(0);
    expect(line.pair.left.sent.length).toBe(frames + 1);
    for (let sequence = 1; sequence < 100; sequence++) send(sequence);
    await line.clock.advance(4);
    expect(line.pair.left.sent.length).toBe(frames + 1);
    await line.clock.advance(1);
    expect(line.pair.left.sent.length).toBe(frames + 2);
    expect(line.log.at(-1)).toBe('/chatter 99');
  });

  test('a full batch does not wait', async () => {
    const line = await new Line().opened();
    line.agent.advertise([chatter]);
    await line.clock.advance(10);
    const frames = line.pair.left.sent.length;
    line.outbox.push(3, message(0, 70_000));
    line.agent.handleQueued();
    expect(line.pair.left.sent.length).toBe(frames + 1);
  });

  test('while the socket takes nothing, latest keeps the newest, and the drops are told', async () => {
    const line = await new Line({ limits: { windowBytes: 1_000 } }).opened();
    line.agent.advertise([chatter]);
    await line.clock.advance(10);
    line.pair.left.stalled = true;
    for (let sequence = 0; sequence < 50; sequence++) {
      line.outbox.push(3, message(sequence, 600));
      line.agent.handleQueued();
      await line.clock.advance(10);
    }
    expect(line.outbox.bytes).toBeLessThan(700);
    line.pair.left.stalled = false;
    await line.clock.advance(2_100);
    expect(line.log.filter((entry) => entry.startsWith('/chatter'))).toEqual([
      '/chatter 0',
      '/chatter 1',
      '/chatter 49',
    ]);
    const dropped = line.log.filter((entry) => entry.startsWith('dropped')).map((entry) => Number(entry.split(' ')[2]));
    expect(dropped.reduce((sum, count) => sum + count, 0)).toBe(47);
  });

  test('control records that pile up on a congested socket leave in frames of bounded size, in order', async () => {
    const line = await new Line({ limits: { windowBytes: 1_000, batchBytes: 4_096 } }).opened();
    line.pair.left.stalled = true;
    const ids = Array.from({ length: 300 }, (_, id) => id + 10);
    for (const id of ids) {
      line.agent.advertise([{ ...chatter, id, topic: `/topic_${id}` }]);
      await line.clock.advance(5);
    }
    line.pair.left.stalled = false;
    await line.clock.advance(10);
    expect(line.log.filter((entry) => entry.startsWith('advertise'))).toEqual(
      ids.map((id) => `advertise /topic_${id}`),
    );
    expect(Math.max(...line.pair.left.sent.map((frame) => frame.length))).toBeLessThan(4_096 + 1_000);
  });

  test('a peer that takes no data for ever does not grow the backlog of control records beyond its bound', async () => {
    const line = await new Line({ limits: { windowBytes: 1_000, maxPendingControlBytes: 20_000 } }).opened();
    line.pair.left.stalled = true;
    for (let id = 10; id < 500 && line.agent.state === 'open'; id++) {
      line.agent.advertise([{ ...chatter, id, topic: `/topic_${id}` }]);
      await line.clock.advance(5);
    }
    expect(line.agentClose).toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  test('a request arrives with its age, transit and clock error included, and its replies come back', async () => {
    const line = await new Line({ delayMs: 40 }).opened();
    const replies: Reply[] = [];
    line.robot.request(request, new Uint8Array([1, 2]), (reply) => replies.push(reply));
    await line.clock.advance(40);
    expect(line.requests).toHaveLength(1);
    expect(line.requests[0]!.payload).toEqual(new Uint8Array([1, 2]));
    // 10 ms old when sent, 40 ms under way, half of the 80 ms round trip as the error of the clocks, and drift since.
    expect(line.requests[0]!.ageMs).toBeGreaterThanOrEqual(90);
    expect(line.requests[0]!.ageMs).toBeLessThan(91);
    line.agent.reply({ id: 'q1', state: 'received' });
    line.agent.reply({ id: 'q1', state: 'done', encoding: 'ros1' }, new Uint8Array([9]));
    line.agent.reply({ id: 'q1', state: 'failed', code: 'X', message: 'a second final word changes nothing' });
    await line.clock.advance(40);
    expect(replies.map((reply) => [reply.state, [...reply.payload]])).toEqual([
      ['received', []],
      ['done', [9]],
    ]);
  });

  test('a frame that a stalled link held back arrives with all the time it took as age', async () => {
    const line = await new Line({ limits: { silenceMs: 60_000 } }).opened();
    line.pair.right.stalled = true;
    line.robot.request(request, new Uint8Array(0), () => undefined);
    await line.clock.advance(20_000);
    line.pair.right.stalled = false;
    await line.clock.advance(1);
    expect(line.requests[0]!.ageMs).toBeGreaterThan(20_000);
  });

  test('a request nobody answers ends as unknown, at the deadline and when the line ends', async () => {
    const line = await new Line().opened();
    const replies: Reply[] = [];
    line.robot.request(request, new Uint8Array(0), (reply) => replies.push(reply));
    await line.clock.advance(3_000);
    expect(replies).toMatchObject([{ state: 'unknown', code: 'REPLY_MISSING' }]);
    line.robot.request({ ...request, id: 'q2' }, new Uint8Array(0), (reply) => replies.push(reply));
    line.pair.cut();
    expect(replies[1]).toMatchObject({ id: 'q2', state: 'unknown', code: 'LINE_CLOSED' });
    expect(() => line.robot.request(request, new Uint8Array(0), () => undefined)).toThrow(/not open/);
  });

  test('open requests are bounded, with room for stops beyond the others', async () => {
    const line = await new Line({ limits: { maxOpenRequests: 2 } }).opened();
    for (const id of ['a', 'b']) line.robot.request({ ...request, id }, new Uint8Array(0), () => undefined);
    expect(() => line.robot.request({ ...request, id: 'c' }, new Uint8Array(0), () => undefined)).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
    const end = { ...request, action: { kind: 'standing.end', topic: '/cmd_vel' } } as const;
    for (let count = 0; count < 100; count++) {
      line.robot.request({ ...end, id: `e${count}` }, new Uint8Array(0), () => undefined);
    }
    expect(() => line.robot.request(end, new Uint8Array(0), () => undefined)).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });

  test('a request that came together with a late welcome is as old as the way of both', async () => {
    const line = new Line({ delayMs: 400, welcome: false });
    line.pair.open();
    await line.clock.advance(400);
    line.robot.welcome({ server: 's', software: 'x', epoch: 1 });
    line.robot.request(request, new Uint8Array(0), () => undefined);
    await line.clock.advance(400);
    expect(line.requests[0]?.ageMs).toBeGreaterThanOrEqual(410);
  });

  test('a request that waited while the robot slept is as old as the line', async () => {
    const line = await new Line({ delayMs: 40 }).opened();
    await line.clock.advance(10_000);
    line.robot.request(request, new Uint8Array(0), () => undefined);
    line.sleptMs = 3_000;
    await line.clock.advance(40);
    expect(line.requests[0]?.ageMs).toBeGreaterThan(3_000);
  });

  test('the other side hears of the end although the owner of this one throws', async () => {
    const line = await new Line().opened();
    const pair = new DuplexPair(line.clock);
    const closes: number[] = [];
    const faulty: RobotEnd = pair.left.attach(
      (transport) =>
        new RobotEnd({
          transport: { ...transport, bufferedBytes: 0, close: (code) => void closes.push(code) },
          clock: line.clock,
          challenge: sampleChallenge,
          handlers: {
            handleHello: () => undefined,
            handleAdvertise: () => undefined,
            handleUnadvertise: () => undefined,
            handleMessage: () => undefined,
            handleDropped: () => undefined,
            handleStatus: () => undefined,
            handleClosed: () => {
              throw new Error('a fault');
            },
          },
        }),
    );
    expect(() => faulty.close('LINE_REPLACED', 'newer')).toThrow('a fault');
    expect(closes).toEqual([4409]);
  });

  test('silence ends the line after 3 s to the millisecond, whenever the last word came', async () => {
    const line = await new Line().opened();
    await line.clock.advance(1_500);
    line.robot.request(request, new Uint8Array(0), () => undefined);
    await line.clock.advance(1);
    line.pair.right.stalled = true;
    await line.clock.advance(2_990);
    expect(line.agentClose).toBeUndefined();
    await line.clock.advance(10);
    expect(line.agentClose).toMatchObject({ code: 'LINE_SILENT' });
  });

  test('a process that stood still reads what came meanwhile before it calls the other side silent', async () => {
    const line = await new Line().opened();
    const ack = new FrameBuilder();
    ack.append(recordKinds.ack, new Uint8Array(8));
    const frame = ack.take();
    line.pair.left.stalled = true;
    line.clock.stall(10_000);
    line.clock.after(0, () => {
      line.robot.handleFrame(frame);
      line.agent.handleFrame(frame);
    });
    await line.clock.advance(5);
    expect(line.robot.state).toBe('open');
    line.clock.stall(10_000);
    await line.clock.advance(5);
    expect(line.robotClose).toMatchObject({ code: 'LINE_SILENT' });
  });

  test('a silent peer is found out and the line closed with LINE_SILENT on both sides', async () => {
    const line = await new Line().opened();
    line.pair.left.stalled = true;
    await line.clock.advance(8_100);
    expect(line.robotClose).toMatchObject({ closeCode: 4408, code: 'LINE_SILENT' });
    expect(line.agentClose).toMatchObject({ closeCode: 4408, code: 'LINE_SILENT' });
    expect(line.outbox.blocked).toBe(true);
    expect(line.clock.pendingTimers).toBe(0);
  });

  test('an idle line stays open', async () => {
    const line = await new Line().opened();
    await line.clock.advance(3_600_000);
    expect(line.agent.state).toBe('open');
    expect(line.robot.state).toBe('open');
  });

  test('an idle line exchanges one small frame each way with every heartbeat, and all bytes are acknowledged', async () => {
    const line = await new Line().opened();
    await line.clock.advance(10_000);
    const up = vi.spyOn(line.robot, 'handleFrame');
    const down = vi.spyOn(line.agent, 'handleFrame');
    await line.clock.advance(600_000);
    expect(up).toHaveBeenCalledTimes(300);
    expect(down).toHaveBeenCalledTimes(300);
    for (const [frame] of [...up.mock.calls, ...down.mock.calls]) expect(frame.length).toBeLessThanOrEqual(50);
    expect(line.agent.unacknowledgedBytes).toBe(0);
    // The last answer is acknowledged with the next heartbeat.
    expect(line.robot.unacknowledgedBytes).toBe(50);
    expect(line.robot.clockEstimate()).toMatchObject({ offsetMs: 0, roundTripMs: 0 });
  });

  test('a line with coarse timers holds no timer of its own, and its silence is found out a little later', async () => {
    const line = await new Line({ coarse: true }).opened();
    await line.clock.advance(60_000);
    expect(line.robot.state).toBe('open');
    line.pair.left.stalled = true;
    await line.clock.advance(5_200);
    expect(line.robotClose).toMatchObject({ closeCode: 4408, code: 'LINE_SILENT' });
    await line.clock.advance(200);
    expect(line.clock.pendingTimers).toBe(0);
  });

  test('a greeting that never comes ends with HELLO_TIMEOUT', async () => {
    const line = new Line({ welcome: false });
    line.pair.open();
    await line.clock.advance(10_000);
    expect(line.agentClose).toMatchObject({ closeCode: 4408, code: 'HELLO_TIMEOUT' });
    expect(line.robotClose).toMatchObject({ closeCode: 4408, code: 'HELLO_TIMEOUT' });
  });

  test('received bytes are acknowledged', async () => {
    const line = await new Line().opened();
    line.agent.advertise([chatter]);
    line.outbox.push(3, message(0, 100_000));
    line.agent.handleQueued();
    await line.clock.advance(10);
    const kinds = line.pair.right.sent.map((frame) => frame[0]);
    expect(kinds.at(-1)).toBe(recordKinds.ack);
  });
});

describe('what the protocol forbids ends the line with a code', () => {
  const frame = (kind: keyof typeof recordKinds, body: unknown): Uint8Array => {
    const builder = new FrameBuilder();
    builder.append(recordKinds[kind], body instanceof Uint8Array ? body : encodeJson(body));
    return builder.take();
  };
  const record = {
    id: 1,
    topic: '/t',
    schema: '0'.repeat(32),
    encoding: 'ros1',
    latched: false,
    lane: 'bulk',
    delivery: 'latest',
  };
  const big = new Uint8Array(2_000);
  const cases: [string, Uint8Array, string, number][] = [
    ['a message on a channel never advertised', frame('message', new Uint8Array(24)), 'FRAME_UNEXPECTED', 4405],
    ['a second hello', frame('hello', hello), 'FRAME_UNEXPECTED', 4405],
    ['a channel whose definition was not sent', frame('advertise', { channels: [record] }), 'FRAME_MALFORMED', 4400],
    ['JSON that is none', frame('status', new Uint8Array([0x7b])), 'FRAME_MALFORMED', 4400],
    ['UTF-8 that is none', frame('status', new Uint8Array([0x22, 0xff, 0x22])), 'FRAME_MALFORMED', 4400],
    ['a status without its fields', frame('status', {}), 'FRAME_MALFORMED', 4400],
    ['a ping of the wrong length', frame('ping', new Uint8Array(7)), 'FRAME_MALFORMED', 4400],
    ['a header longer than its record', frame('reply', new Uint8Array([255, 255, 255, 255])), 'FRAME_MALFORMED', 4400],
    [
      'a definition with the wrong hash',
      frame('schema', { hash: '0'.repeat(32), name: 'a', encoding: '', text: '' }),
      'FRAME_MALFORMED',
      4400,
    ],
    ['a frame above the bound', big, 'FRAME_TOO_LARGE', 4413],
    ["a reader's record", frame('subscribe', { id: 1, kind: 'devices' }), 'FRAME_UNEXPECTED', 4405],
  ];
  test.each(cases)('%s', async (_name, bytes, code, closeCode) => {
    const line = await new Line({ limits: { maxFrameBytes: 64 * 1024, maxJsonBytes: 2_000 } }).opened();
    const bound = bytes === big ? new Uint8Array(70_000) : bytes;
    line.robot.handleFrame(bound);
    expect(line.robotClose).toMatchObject({ code, closeCode });
    await line.clock.advance(1);
    expect(line.agentClose).toMatchObject({ code, closeCode });
  });

  test('a text frame', async () => {
    const line = await new Line().opened();
    line.robot.handleText();
    expect(line.robotClose).toMatchObject({ code: 'FRAME_MALFORMED' });
  });

  test('too many channels', async () => {
    const line = await new Line({ limits: { maxChannels: 5 } }).opened();
    line.agent.advertise(Array.from({ length: 6 }, (_, id) => ({ ...chatter, id })));
    await line.clock.advance(10);
    expect(line.robotClose).toMatchObject({ code: 'LIMIT_EXCEEDED', closeCode: 4429 });
  });

  test('messages from the server to the agent', async () => {
    const line = await new Line().opened();
    line.agent.handleFrame(frame('message', new Uint8Array(24)));
    expect(line.agentClose).toMatchObject({ code: 'FRAME_UNEXPECTED' });
  });
});
