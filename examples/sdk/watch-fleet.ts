// Tells the connection's status, and every robot as it comes, goes and changes; through restarts of server and network.
//
//   npm run example -- sdk/watch-fleet http://localhost:8080
import { connect } from '@longline/client';

const fleet = connect(process.argv[2] ?? 'http://localhost:8080', { token: process.env['LONGLINE_TOKEN'] });
process.once('SIGINT', () => void fleet.close());

fleet.onDevice(({ device, online, status }) => {
  console.log(device, online ? `online, ROS ${status.ros.state}` : 'offline');
});

// Every status is one of four, and says what is known: narrowing by `state` gives the fields.
for await (const status of fleet.status) {
  if (status.state === 'connected') console.log(`connected to ${status.server}`);
  else if (status.state === 'disconnected') console.log(`${status.code}: again in ${status.retryInMs ?? 0} ms`);
  else console.log(status.state);
}
