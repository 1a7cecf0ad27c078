// A program: several real agents with turtles on real WebSockets. Their clocks shorten every pause, so that an agent
// that was refused comes back at once instead of after up to 3 s. Arguments: SERVER COUNT. Devices are hurried-0, ...
import { startAgent } from '@longline/agent';
import { systemClock } from '@longline/ros';
import type { Clock } from '@longline/ros';

/** Pauses between attempts start at 100 ms; what is shorter paces messages and turtles and keeps its length. */
const LONG_MS = 90;
/** Heartbeats and greetings keep theirs. */
const keptMs = new Set([2_000, 10_000]);

const hurriedClock: Clock = {
  ...systemClock,
  after: (delayMs, callback) =>
    systemClock.after(delayMs < LONG_MS || keptMs.has(delayMs) ? delayMs : Math.min(delayMs, 1), callback),
};

const [server = '', count = '1'] = process.argv.slice(2);
const allow = { publish: ['/**'], call: ['/**'], setParameters: ['/**'] };
for (let index = 0; index < Number(count); index++) {
  await startAgent({ device: `hurried-${index}`, server, robot: 'turtlesim:', allow }, { clock: hurriedClock });
}
console.log('started');
