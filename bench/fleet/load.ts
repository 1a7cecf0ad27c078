// A load of the fleet bench: some thousand robots in one process.
import { connectRobot, endedLines } from './connectRobot.ts';
import type { BenchRobot } from './connectRobot.ts';
import { nowMs } from './nowMs.ts';
import { obey } from './obey.ts';
import type { Orders } from './orders.ts';
import { sentChannel } from './robotChannels.ts';

/** So many robots connect at once: the bench is about those that are there, not about a rush. */
const CONNECTING = 32;
/** So many send in one turn of the event loop: what a collection held up does not leave in one burst either. */
const AT_ONCE = 64;
const robots: BenchRobot[] = [];

async function connectAll({ url, address, first, count }: Orders['connect']): Promise<undefined> {
  let next = first;
  const connectSome = async (): Promise<void> => {
    while (next < first + count) robots.push(await connectRobot(url, address, `robot-${next++}`));
  };
  await Promise.all(Array.from({ length: CONNECTING }, connectSome));
  return undefined;
}

/** Robots are spread evenly over the period: a fleet does not send in step. */
async function pace({ robots: senders, hz, forMs }: Orders['pace']): Promise<{ sent: number }> {
  const startMs = nowMs();
  let sent = 0;
  for (let elapsedMs = 0; elapsedMs < forMs; elapsedMs = nowMs() - startMs) {
    const due = Math.floor((elapsedMs / 1000) * hz * senders);
    const now = Math.min(due, sent + AT_ONCE);
    for (; sent < now; sent++) robots[sent % senders]?.send(sentChannel);
    await new Promise((next) => (sent < due ? setImmediate(next) : setTimeout(next, 1)));
  }
  return { sent };
}

obey({ connect: connectAll, pace, ended: () => endedLines });
