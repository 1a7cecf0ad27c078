// One process of the relay bench: `child.ts <system> <role>`. It is told what to do by messages and tells what it saw.
import { longlineSystem } from './longlineSystem.ts';
import { natsSystem } from './natsSystem.ts';
import type { RelayLoad } from './RelaySystem.ts';
import { wsSystem } from './wsSystem.ts';

/** What the parent asks of a child. */
export type Order =
  | { readonly do: 'serve' }
  | { readonly do: 'connect'; readonly port: number; readonly robots: number }
  | { readonly do: 'pace'; readonly hz: number; readonly forMs: number }
  | { readonly do: 'flood'; readonly forMs: number; readonly inFlight: number }
  | { readonly do: 'progress'; readonly received: number }
  | { readonly do: 'report' };

/** What a child answers. */
export type Answer =
  | { readonly did: 'serve'; readonly port: number; readonly pid: number }
  | { readonly did: 'connect' }
  | { readonly did: 'pace' | 'flood'; readonly sent: number }
  | { readonly did: 'progress'; readonly received: number }
  | { readonly did: 'report'; readonly received: number; readonly agesMs: number[] };

const MESSAGE_BYTES = 100;
const PROGRESS_EVERY = 1_000;
const systems = { ws: wsSystem, nats: natsSystem, longline: longlineSystem };
const [name, role] = process.argv.slice(2);
const system = systems[name as keyof typeof systems];
const answer = (message: Answer): void => void process.send?.(message);
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** A message that carries when it was made, on the monotonic clock that all processes of a machine share. */
function makeMessage(): Uint8Array {
  const data = new Uint8Array(MESSAGE_BYTES);
  new DataView(data.buffer).setFloat64(0, nowMs(), true);
  return data;
}

let load: RelayLoad | undefined;
let robots = 0;
let acknowledged = 0;

async function pace(hz: number, forMs: number): Promise<number> {
  const startMs = nowMs();
  const sendAll = hz * robots;
  let sent = 0;
  // Robots are spread evenly over the period, so that batches form only where the line makes them.
  for (;;) {
    const elapsedMs = nowMs() - startMs;
    if (elapsedMs >= forMs) break;
    const due = Math.floor((elapsedMs / 1000) * sendAll);
    for (; sent < due; sent++) load?.send(sent % robots, makeMessage());
    await new Promise((next) => setTimeout(next, 1));
  }
  await load?.drained();
  return sent;
}

async function flood(forMs: number, inFlight: number): Promise<number> {
  const startMs = nowMs();
  const before = acknowledged;
  const data = makeMessage();
  let sent = 0;
  while (nowMs() - startMs < forMs) {
    for (let count = 0; count < 1_000 && sent - (acknowledged - before) < inFlight; count++, sent++) {
      load?.send(0, data);
    }
    await new Promise((next) => setImmediate(next));
  }
  await load?.drained();
  return sent;
}

let received = 0;
let agesMs: number[] = [];
function handleData(data: Uint8Array): void {
  received += 1;
  if (received % PROGRESS_EVERY === 0) answer({ did: 'progress', received });
  // Every message of the paced part is sampled, every 100th of a flood.
  if (agesMs.length < 200_000 && (received % 100 === 0 || agesMs.length < 60_000)) {
    agesMs.push(nowMs() - new DataView(data.buffer, data.byteOffset, 8).getFloat64(0, true));
  }
}

async function obey(order: Order): Promise<void> {
  switch (order.do) {
    case 'serve':
      answer({ did: 'serve', ...(await system.serve()) });
      return;
    case 'connect':
      if (role === 'load') {
        robots = order.robots;
        load = await system.connectLoad(order.port, robots);
      } else {
        await system.connectReader(order.port, handleData);
        setInterval(() => answer({ did: 'progress', received }), 10);
      }
      answer({ did: 'connect' });
      return;
    case 'pace':
      answer({ did: 'pace', sent: await pace(order.hz, order.forMs) });
      return;
    case 'flood':
      answer({ did: 'flood', sent: await flood(order.forMs, order.inFlight) });
      return;
    case 'progress':
      acknowledged = order.received;
      return;
    case 'report':
      answer({ did: 'report', received, agesMs });
      agesMs = [];
      return;
  }
}

process.on('message', (order: Order) => void obey(order));
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
