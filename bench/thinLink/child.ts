// One process of the thin-link bench: `child.ts SYSTEM ROLE COMMAND_HZ`; the role is server, robot or reader. It answers
// each order and reports everything at the end.
import { everyPeriod, timersLateMs } from './everyPeriod.ts';
import type { LinkRobot } from './LinkSystem.ts';
import { loadTopics, makeCommand, readCommand, readHeader } from './loadTopics.ts';
import type { Answer, Arrival, Execution, Order, ReaderReport, RobotReport } from './reports.ts';
import { sharedNowMs } from './sharedClock.ts';
import { loadSystem } from './systems.ts';

/** What `connect` and `begin` mean here, and what is told at the end. */
interface Part {
  connect(): Promise<void>;
  begin(): void;
  connections?(): number;
  report(): { readonly robot: RobotReport } | { readonly reader: ReaderReport };
}

const [systemName = '', role = '', commandHz = ''] = process.argv.slice(2);
const system = await loadSystem(systemName);

function robotPart(): Part {
  const publishedMs: number[][] = loadTopics.map(() => []);
  const executed: Execution[] = [];
  let robot: LinkRobot | undefined;
  return {
    async connect() {
      robot = await system.connectRobot((data) => executed.push({ ...readCommand(data), executedMs: sharedNowMs() }));
    },
    begin() {
      loadTopics.forEach((topic, index) => {
        const published = publishedMs[index] ?? [];
        everyPeriod(topic.rateHz, topic.phase, () => {
          const atMs = sharedNowMs();
          const data = topic.make(published.length, atMs);
          published.push(atMs);
          robot?.publish(index, data);
        });
      });
    },
    connections: () => robot?.connections() ?? 0,
    report: () => ({ robot: { publishedMs, executed, timersLateMs } }),
  };
}

function readerPart(): Part {
  const received: Arrival[][] = loadTopics.map(() => []);
  const issuedMs: number[] = [];
  let command: (data: Uint8Array) => void = () => undefined;
  return {
    async connect() {
      const reader = await system.connectReader((topic, data) => {
        const receivedMs = sharedNowMs();
        const loadTopic = loadTopics[topic];
        if (loadTopic !== undefined) received[topic]?.push({ ...readHeader(loadTopic, data), receivedMs });
      });
      command = (data) => reader.command(data);
    },
    begin() {
      everyPeriod(Number(commandHz), 0.5, () => {
        const atMs = sharedNowMs();
        const data = makeCommand(issuedMs.length, atMs);
        issuedMs.push(atMs);
        command(data);
      });
    },
    report: () => ({ reader: { received, issuedMs, timersLateMs } }),
  };
}

const part = role === 'robot' ? robotPart() : readerPart();

async function obey(order: Order): Promise<Answer> {
  switch (order.do) {
    case 'serve':
      await system.serve();
      return { did: 'serve' };
    case 'connect':
      await part.connect();
      return { did: 'connect' };
    case 'begin':
      part.begin();
      return { did: 'begin' };
    case 'count':
      return { did: 'count', connections: part.connections?.() ?? 0 };
    case 'report':
      return { did: 'report', ...part.report() };
  }
}

process.on('message', (order: Order) => {
  obey(order)
    .catch((error: unknown): Answer => ({
      failed: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }))
    .then((answer) => process.send?.(answer))
    .catch(() => process.exit(1));
});
// The parent is gone.
process.on('disconnect', () => process.exit(0));
