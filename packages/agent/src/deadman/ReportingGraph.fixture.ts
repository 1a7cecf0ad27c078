import { createConnection } from 'node:net';
import { FakeGraph } from '@longline/testing';
import { machineClock } from '../machineClock.ts';
import { twist } from './GateWorld.fixture.ts';

/** A robot whose driver is a TCP server: every message on /cmd_vel is a line of its bytes in hexadecimal there. */
export async function openReportingGraph(url: string): Promise<FakeGraph> {
  const socket = createConnection(Number(new URL(url).port), '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  const graph = new FakeGraph(machineClock);
  graph.setTopic('/cmd_vel', twist, { publishers: [] });
  const advertise = graph.advertise.bind(graph);
  graph.advertise = async (advertisement) => {
    const publisher = await advertise(advertisement);
    return {
      ...publisher,
      publish: (data) => {
        socket.write(`${Buffer.from(data).toString('hex')}\n`);
        return Promise.resolve({ subscribers: 1 });
      },
    };
  };
  return graph;
}
