// Drives a turtle in a circle for three seconds, under its lease, and stops.
//
//   npm run longline -- agent --robot turtlesim: --device 1722 --allow-publish '/turtle1/cmd_vel'
//   npm run example -- sdk/drive-circle http://localhost:8080 1722
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '@longline/client';

const [url = 'http://localhost:8080', id = '1722'] = process.argv.slice(2);
await using fleet = connect(url, { token: process.env['LONGLINE_TOKEN'] });

// One program at a time moves a robot. The lease is renewed while this program lives and given back at the end of the block;
// whatever happens to program or network, the robot stops by itself.
await using lease = await fleet.device(id).takeLease();
lease.refusals.listen(({ code, message }) => console.log('refused:', code, message));
lease.lost.addEventListener('abort', () => {
  console.log('the lease is over:', String(lease.lost.reason));
});

const circle = { linear: { x: 1 }, angular: { z: 1 } };
const endMs = Date.now() + 3_000;
while (Date.now() < endMs && !lease.lost.aborted) {
  lease.publish('/turtle1/cmd_vel', circle);
  await pause(100);
}
if (!lease.lost.aborted) lease.publish('/turtle1/cmd_vel', {});
console.log('driven', (await fleet.device(id).latest('/turtle1/pose'))?.value);
