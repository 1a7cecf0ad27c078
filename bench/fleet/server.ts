// The server of the fleet bench: one real server in a process of its own.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { startServer } from '@longline/server';
import { lineLimits } from './lineLimits.ts';
import { obey } from './obey.ts';
import type { Memory } from './orders.ts';

let profiler: { readonly session: Session; readonly file: string } | undefined;

/** Begins a CPU profile for that file, and ends the one before. */
async function profile(file: string | undefined): Promise<undefined> {
  if (profiler !== undefined) {
    const { profile: measured } = await profiler.session.post('Profiler.stop');
    writeFileSync(profiler.file, JSON.stringify(measured));
    profiler.session.disconnect();
    profiler = undefined;
  }
  if (file === undefined) return;
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  profiler = { session, file };
}

function memory(): Memory {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return { heapUsed, external };
}

obey({
  async serve({ robots }) {
    const limits = { maxDevices: robots + 1_000, maxSockets: robots + 1_000, line: lineLimits };
    const { url } = await startServer({ host: '127.0.0.1', port: 0, limits });
    return { url };
  },
  memory,
  profile: ({ file }) => profile(file),
});
