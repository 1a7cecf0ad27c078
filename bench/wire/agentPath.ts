import { AgentEnd, Outbox, RobotEnd } from '@longline/line';
import type { AgentHello } from '@longline/line';
import { nodeZstd } from '@longline/line/node';
import { FakeClock } from '@longline/testing';
import type { RobotMessage } from './robotMessages.ts';
import type { SentFrame, WirePath } from './WirePath.ts';

/** One way of the simulated path, in milliseconds. */
const ONE_WAY_MS = 30;

const hello: AgentHello = {
  role: 'agent',
  device: 'bench',
  boot: 'boot',
  line: 'line',
  socket: 0,
  highestToken: 0,
  software: '',
  robot: '',
  features: [],
};

/** The line itself on one socket: an agent's end and a server's, heartbeats, acknowledgements and all; the way up is counted. */
export const agentPath: WirePath = {
  name: 'longline',
  masked: true,
  async send(messages) {
    const clock = new FakeClock();
    const outbox = new Outbox(clock);
    const byKey = new Map(messages.map((message) => [`${message.channelId} ${message.parts.sequence}`, message]));
    const frames: { atMs: number; payloadBytes: number; messages: RobotMessage[] }[] = [];
    const startMs = clock.monotonicMs();
    let delivered = 0;
    const agent: AgentEnd = new AgentEnd({
      clock,
      outbox,
      hello,
      zstd: nodeZstd,
      transport: {
        bufferedBytes: 0,
        send: (frame) => {
          frames.push({ atMs: clock.monotonicMs() - startMs, payloadBytes: frame.length, messages: [] });
          clock.after(ONE_WAY_MS, () => {
            robot.handleFrame(frame);
            delivered++;
          });
        },
        close: () => undefined,
      },
      handlers: {
        handleWelcome: () => undefined,
        handleRequest: () => undefined,
        handleClosed: () => undefined,
      },
    });
    const robot: RobotEnd = new RobotEnd({
      clock,
      zstd: nodeZstd,
      transport: {
        bufferedBytes: 0,
        send: (frame) => void clock.after(ONE_WAY_MS, () => agent.handleFrame(frame)),
        close: () => undefined,
      },
      challenge: { nonce: 'A'.repeat(43), server: 'bench' },
      handlers: {
        handleHello: () => robot.welcome({ server: '', software: '', epoch: 1 }),
        handleAdvertise: () => undefined,
        handleUnadvertise: () => undefined,
        handleDropped: () => undefined,
        handleStatus: () => undefined,
        handleClosed: () => undefined,
        handleMessage: ({ id }, { sequence }) => {
          const message = byKey.get(`${id} ${sequence}`);
          if (message !== undefined) frames[delivered]?.messages.push(message);
        },
      },
    });
    robot.handleOpen();
    agent.handleOpen();
    await clock.advance(1_000);
    const channels = new Map(messages.map(({ channelId, topic }) => [channelId, topic.channel]));
    agent.advertise([...channels].map(([id, channel]) => ({ ...channel, id, lane: 'state', delivery: 'queue' })));
    for (const id of channels.keys()) outbox.openChannel(id, { lane: 'state', delivery: 'queue' });
    await clock.advance(1_000);

    const firstFrame = frames.length;
    const beginMs = clock.monotonicMs() - startMs;
    for (const message of messages) {
      await clock.advance(message.atMs - (clock.monotonicMs() - startMs - beginMs));
      outbox.push(message.channelId, message.parts);
      agent.handleQueued();
    }
    await clock.advance(100);
    agent.close();
    return frames.slice(firstFrame).map((frame): SentFrame => ({ ...frame, atMs: frame.atMs - beginMs }));
  },
};
