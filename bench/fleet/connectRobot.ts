import { AgentEnd, bindWebSocket, Outbox, subprotocols } from '@longline/line';
import type { HelloSigner } from '@longline/line';
import { systemClock } from '@longline/ros';
import { WebSocket } from 'ws';
import { lineLimits } from './lineLimits.ts';
import { makeData, robotChannels } from './robotChannels.ts';

/** One simulated robot: the agent's side of a line without ROS. */
export interface BenchRobot {
  send(channelId: number): void;
}

/** Lines that ended although nobody closed them: the figures are then those of a smaller fleet. */
export let endedLines = 0;
/** So many of them are explained. */
const EXPLAINED = 3;

/** Resolves when the robot has advertised its channels and sent one message of each. */
export function connectRobot(
  url: string,
  address: string,
  device: string,
  { ca, signer }: { readonly ca?: string | undefined; readonly signer?: HelloSigner } = {},
): Promise<BenchRobot> {
  return new Promise((resolve, reject) => {
    const outbox = new Outbox(systemClock);
    for (const channel of robotChannels) outbox.openChannel(channel.id, channel);
    const sequences = robotChannels.map(() => 0);
    const robot: BenchRobot = {
      send(channelId) {
        const now = systemClock.wallNs();
        const sequence = sequences[channelId] ?? 0;
        sequences[channelId] = sequence + 1;
        outbox.push(channelId, { sequence, logTime: now, publishTime: now, data: makeData(channelId) });
        end.handleQueued();
      },
    };
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/line`, [...subprotocols], {
      perMessageDeflate: false,
      localAddress: address,
      ca,
    });
    const end: AgentEnd = bindWebSocket(
      socket,
      (transport) =>
        new AgentEnd({
          transport,
          clock: systemClock,
          outbox,
          limits: lineLimits,
          signer,
          hello: {
            role: 'agent',
            device,
            boot: device,
            line: device,
            socket: 0,
            highestToken: 0,
            software: 'bench',
            robot: 'bench:',
            features: [],
          },
          handlers: {
            handleWelcome: () => {
              end.sendStatus({ ros: { state: 'connected' }, simulatedTime: false, standing: [] });
              end.advertise(robotChannels);
              for (const { id } of robotChannels) robot.send(id);
              resolve(robot);
            },
            handleRequest: ({ id }) => end.reply({ id, state: 'rejected', code: 'NOT_SUPPORTED' }),
            handleClosed: ({ code, reason }) => {
              const words = `the line of ${device} ended: ${code ?? ''} ${reason}`;
              reject(new Error(words));
              if (++endedLines <= EXPLAINED) console.error(`fleet: ${words}`);
            },
          },
        }),
    );
  });
}
