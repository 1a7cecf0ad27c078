import { join } from 'node:path';
import type { Log, RosGraph } from '@longline/ros';
import { machineClock } from '../machineClock.ts';
import { DeadmanHost } from './DeadmanHost.ts';
import type { DeadmanSetup } from './deadmanMessages.ts';
import { FileMemory } from './FileMemory.ts';

/** Makes this process a deadman: it serves the pipe to the agent that forked it, and ends some time after that has ended. */
export function runDeadman(open: (setup: DeadmanSetup, log: Log) => Promise<RosGraph>): void {
  const host = new DeadmanHost({
    clock: machineClock,
    post: (message) => {
      // A pipe that ends while this is under way is told of by `disconnect`.
      if (process.connected) process.send?.(message, undefined, {}, () => undefined);
    },
    openGraph: open,
    openMemory: ({ folder }, log) => new FileMemory({ path: join(folder, 'deadman.json'), log }),
    handleEnd: () => process.exit(),
  });
  process.on('message', (message) => host.handleMessage(message));
  process.on('disconnect', () => void host.handlePipeEnd());
  // systemd ends both processes at once; Ctrl-C is the agent's business.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => void host.end(`it was told to end (${signal})`));
  process.on('SIGINT', () => undefined);
}
