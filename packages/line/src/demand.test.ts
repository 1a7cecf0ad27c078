import { DuplexPair, FakeClock, sampleChallenge, sampleFrame } from '@longline/testing';
import { expect, test } from 'vitest';
import { AgentEnd } from './AgentEnd.ts';
import type { DemandedChannel } from './demandRecord.ts';
import type { LineClose } from './errors.ts';
import { Outbox } from './Outbox.ts';
import { RobotEnd } from './RobotEnd.ts';

const ignore = (): undefined => undefined;

/** An agent and a server joined by a pair of transports. */
async function joined(): Promise<{
  clock: FakeClock;
  agent: AgentEnd;
  robot: RobotEnd;
  demanded: DemandedChannel[];
  closes: LineClose[];
}> {
  const clock = new FakeClock();
  const pair = new DuplexPair(clock, { delayMs: 10 });
  const demanded: DemandedChannel[] = [];
  const closes: LineClose[] = [];
  const agent = pair.left.attach(
    (transport) =>
      new AgentEnd({
        transport,
        clock,
        outbox: new Outbox(clock),
        hello: {
          role: 'agent',
          device: 'r1',
          boot: 'b',
          line: 'l',
          socket: 0,
          highestToken: 0,
          software: '',
          robot: '',
          features: [],
        },
        handlers: {
          handleWelcome: ignore,
          handleRequest: ignore,
          handleDemand: (channels) => void demanded.push(...channels),
          handleClosed: (close) => void closes.push(close),
        },
      }),
  );
  const robot: RobotEnd = pair.right.attach(
    (transport) =>
      new RobotEnd({
        transport,
        clock,
        challenge: sampleChallenge,
        handlers: {
          handleHello: () => robot.welcome({ server: '', software: '', epoch: 1 }),
          handleAdvertise: ignore,
          handleUnadvertise: ignore,
          handleMessage: ignore,
          handleDropped: ignore,
          handleStatus: ignore,
          handleClosed: ignore,
        },
      }),
  );
  pair.open();
  await clock.advance(100);
  return { clock, agent, robot, demanded, closes };
}

test('demand reaches the agent as it was told, null for no limit', async () => {
  const { clock, robot, demanded } = await joined();
  const channels = [
    { id: 1, rateHz: 2.5 },
    { id: 4_294_967_295, rateHz: null },
    { id: 2, rateHz: 0 },
  ];
  robot.demand(channels);
  await clock.advance(20);
  expect(demanded).toEqual(channels);
});

test('demand after the line ended says nothing to nobody', async () => {
  const { clock, agent, robot, demanded } = await joined();
  agent.close();
  await clock.advance(20);
  robot.demand([{ id: 1, rateHz: null }]);
  await clock.advance(20);
  expect(demanded).toEqual([]);
});

test.each([
  ['a rate below 0', { channels: [{ id: 1, rateHz: -1 }] }],
  ['no channels', { channels: [] }],
  ['a number that is none', { channels: [{ id: 0.5, rateHz: null }] }],
  ['too many channels', { channels: Array.from({ length: 10_001 }, (_, id) => ({ id, rateHz: null })) }],
])('a demand record with %s ends the line', async (_what, body) => {
  const { agent, closes } = await joined();
  agent.handleFrame(sampleFrame('demand', body));
  expect(closes).toMatchObject([{ code: 'FRAME_MALFORMED' }]);
});
