// Reads one topic of one robot, ten times a second at most, and tells how old each message is.
//
//   npm run example -- sdk/read-topic http://localhost:8080 1722 /turtle1/pose
import { connect } from '@longline/client';

const [url = 'http://localhost:8080', id = '1722', topic = '/turtle1/pose'] = process.argv.slice(2);
await using fleet = connect(url, { token: process.env['LONGLINE_TOKEN'] });
const robot = fleet.device(id);
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

// The rate is asked of the robot: what nobody wants does not cross its link. The newest is kept, the last value comes first.
for await (const message of robot.messages(topic, { rateHz: 10, signal: stop.signal })) {
  console.log(message.channel.schema.name, message.value, `${robot.ageMs(message)?.toFixed(0) ?? '?'} ms old`);
}
