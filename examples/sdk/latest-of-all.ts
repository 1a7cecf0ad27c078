// One question, one answer: the last message of a topic of every robot that ever sent one.
//
//   npm run example -- sdk/latest-of-all http://localhost:8080 '/turtle1/pose'
import { connect } from '@longline/client';

const [url = 'http://localhost:8080', topic = '/turtle1/pose'] = process.argv.slice(2);
await using fleet = connect(url, { token: process.env['LONGLINE_TOKEN'] });

for (const { device, message } of await fleet.latest('*', topic)) {
  console.log(device, message.channel.topic, message.value);
}
