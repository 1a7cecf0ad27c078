// Publishes, calls a service, sets and reads a parameter, and gives a command that is never done twice.
//
//   npm run longline -- agent --robot turtlesim: --device 1722 --allow-call '/**' \
//     --allow-set-parameters '/**' --allow-publish '/note'
//   npm run example -- sdk/commands http://localhost:8080 1722
import { connect } from '@longline/client';
import { isLonglineError } from '@longline/ros';

const [url = 'http://localhost:8080', id = '1722'] = process.argv.slice(2);
await using fleet = connect(url, { token: process.env['LONGLINE_TOKEN'], software: 'commands-example' });
const robot = fleet.device(id);

// Values are checked and encoded on the robot, by its own definitions. Every operation has a deadline, 5 s unless you say so.
console.log('pen:', await robot.call('/turtle1/set_pen', { r: 255, width: 3 }, { deadlineMs: 2_000 }));

await robot.setParameter('/turtlesim/background_r', 120);
console.log('background:', await robot.getParameter('/turtlesim/background_r'));

const note = { topic: '/note', type: 'std_msgs/String', message: { data: 'hello' } };
console.log('heard by:', (await robot.publishMessage(note)).subscribers);

// With an ID of your own you may ask again without fear: it is done once, and answered as it was then.
const order = { kind: 'call', service: '/clear' } as const;
const first = await robot.command(order, { id: `clear-${process.pid}` });
const again = await robot.command(order, { id: `clear-${process.pid}` });
console.log('command:', first.state, 'and asked again:', again.state);

// Refusals are errors with codes that stay: docs/errors.md says what each means and what to do.
await robot.call('/shutdown').catch((error: unknown) => console.log(isLonglineError(error) ? error.code : error));
