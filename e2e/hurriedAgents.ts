// A program: several real agents with turtles on real WebSockets, which come back at once when they were refused, instead
// of after up to 3 s. Arguments: SERVER COUNT. Devices are hurried-0, ...
import { startAgent } from '@longline/agent';

/** Jitter takes up to half of a pause off, at 1; this takes off nearly all. */
const hurry = (): number => 1.999;

const [server = '', count = '1'] = process.argv.slice(2);
const allow = { publish: ['/**'], call: ['/**'], setParameters: ['/**'] };
for (let index = 0; index < Number(count); index++) {
  await startAgent({ device: `hurried-${index}`, server, robot: 'turtlesim:', allow }, { random: hurry });
}
console.log('started');
