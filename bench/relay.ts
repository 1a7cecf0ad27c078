// Longline's relay beside a bare `ws` relay and a nats-server, in one run on one machine: 100 robots at 50 Hz for the
// ages, one robot flooding for the throughput, always one reader. Prints a table and, as its last line, one JSON object.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultLimits } from '@longline/line';
import type { Answer, Order } from './relay/child.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** Seconds of each part. */
    seconds: { type: 'string', default: '5' },
    robots: { type: 'string', default: '100' },
    hz: { type: 'string', default: '50' },
  },
});
const partMs = Number(flags.seconds) * 1000;
const robots = Number(flags.robots);
const hz = Number(flags.hz);
/** A flood keeps at most so many messages between load and reader, in every system alike. */
const IN_FLIGHT = 20_000;
const say = (line: string): void => (flags.json ? console.error(line) : console.log(line));

class Child {
  readonly #process: ChildProcess;
  readonly #waiting: { did: Answer['did']; resolve: (answer: Answer) => void }[] = [];
  handleProgress: (received: number) => void = () => undefined;

  constructor(system: string, role: string) {
    this.#process = fork(join(import.meta.dirname, 'relay', 'child.ts'), [system, role], {
      execArgv: ['--conditions=@longline/source'],
    });
    // A child that was stopped may still be told the last progress.
    this.#process.on('error', () => undefined);
    this.#process.on('message', (answer: Answer) => {
      if (answer.did === 'progress') return this.handleProgress(answer.received);
      const index = this.#waiting.findIndex(({ did }) => did === answer.did);
      this.#waiting.splice(index, 1)[0]?.resolve(answer);
    });
  }

  tell(order: Order): void {
    if (this.#process.connected) this.#process.send(order);
  }

  ask<Did extends Answer['did']>(order: Order & { do: Did }): Promise<Answer & { did: Did }> {
    this.tell(order);
    return new Promise((resolve) => {
      this.#waiting.push({ did: order.do, resolve: (answer) => resolve(answer as Answer & { did: Did }) });
    });
  }

  stop(): void {
    this.#process.kill('SIGTERM');
  }
}

/** User and system CPU time of a process in microseconds (proc(5): fields 14 and 15, in ticks of 10 ms). */
function cpuUs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function measure(system: string): Promise<Result> {
  const server = new Child(system, 'server');
  const load = new Child(system, 'load');
  const reader = new Child(system, 'reader');
  try {
    const { port, pid } = await server.ask({ do: 'serve' });
    await load.ask({ do: 'connect', port, robots });
    await reader.ask({ do: 'connect', port, robots });
    reader.handleProgress = (received) => load.tell({ do: 'progress', received });
    await load.ask({ do: 'pace', hz, forMs: 1000 });
    await settled(reader);
    await reader.ask({ do: 'report' });

    const { sent } = await load.ask({ do: 'pace', hz, forMs: partMs });
    await settled(reader);
    const paced = await reader.ask({ do: 'report' });
    const ages = [...paced.agesMs].sort((a, b) => a - b);

    const before = { received: paced.received, cpuUs: cpuUs(pid), atMs: performance.now() };
    const flood = await load.ask({ do: 'flood', forMs: partMs, inFlight: IN_FLIGHT });
    await settled(reader);
    const seconds = (performance.now() - before.atMs - SETTLE_MS) / 1000;
    const flooded = (await reader.ask({ do: 'report' })).received - before.received;
    return {
      paced: { sent, received: ages.length, p50Ms: round(quantile(ages, 0.5)), p99Ms: round(quantile(ages, 0.99)) },
      floodPerSecond: Math.round(flooded / seconds),
      floodLost: flood.sent - flooded,
      serverCpuUsPerMessage: round((cpuUs(pid) - before.cpuUs) / flooded),
    };
  } finally {
    for (const child of [reader, load, server]) child.stop();
  }
}

interface Result {
  readonly paced: { sent: number; received: number; p50Ms: number; p99Ms: number };
  readonly floodPerSecond: number;
  /** Messages of the flood that the reader never got; a relay may drop for a slow reader. */
  readonly floodLost: number;
  readonly serverCpuUsPerMessage: number;
}

const SETTLE_MS = 200;
/** Waits until the reader has received nothing new for a while. */
async function settled(reader: Child): Promise<void> {
  const handle = reader.handleProgress;
  await new Promise<void>((resolve) => {
    let last = -1;
    let sinceMs = performance.now();
    reader.handleProgress = (received) => {
      handle(received);
      if (received !== last) sinceMs = performance.now();
      last = received;
      if (performance.now() - sinceMs >= SETTLE_MS) resolve();
    };
  });
  reader.handleProgress = handle;
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

const results: Record<string, Result> = {};
for (const system of ['ws', 'nats', 'longline']) {
  say(`${system}: ${robots} robots x ${hz} Hz for ${partMs / 1000} s, then a flood for ${partMs / 1000} s ...`);
  const result = await measure(system);
  results[system] = result;
  const { paced, floodPerSecond, floodLost, serverCpuUsPerMessage } = result;
  say(
    `  paced p50 ${paced.p50Ms} ms, p99 ${paced.p99Ms} ms, ${paced.received}/${paced.sent} received; ` +
      `flood ${floodPerSecond} messages/s (${floodLost} lost), server CPU ${serverCpuUsPerMessage} us a message`,
  );
}
const { ws, nats, longline } = results;
if (ws === undefined || nats === undefined || longline === undefined) throw new Error('a system was not measured');
const summary = {
  bench: 'relay',
  systems: results,
  ratios: {
    floodVsWs: round(longline.floodPerSecond / ws.floodPerSecond),
    floodVsNats: round(longline.floodPerSecond / nats.floodPerSecond),
    serverCpuVsWs: round(longline.serverCpuUsPerMessage / ws.serverCpuUsPerMessage),
    serverCpuVsNats: round(longline.serverCpuUsPerMessage / nats.serverCpuUsPerMessage),
  },
  paced: {
    batchDelayMs: defaultLimits.batchDelayMs,
    addedP50Ms: round(longline.paced.p50Ms - ws.paced.p50Ms),
    addedP99Ms: round(longline.paced.p99Ms - ws.paced.p99Ms),
  },
  serverCpuUsPerMessage: longline.serverCpuUsPerMessage,
};
console.log(JSON.stringify(summary));
process.exit(0);
