// A server inside your own program: it keeps what every robot sends, and drives every turtle in a circle.
//
//   npm run example -- embedded-server
//   npm run longline -- agent --robot turtlesim: --device 1722 --allow-publish '/turtle1/cmd_vel'    (in a second terminal)
import { startServer } from '@longline/server';

const server = await startServer({ port: Number(process.argv[2] ?? 8080) });
console.log(`Longline listens on ${server.url}`);

/** One constant message to every device. Setting it again renews it: when this program stops, so do the turtles. */
const circle = {
  topic: '/turtle1/cmd_vel',
  type: 'geometry_msgs/Twist',
  message: { linear: { x: 1 }, angular: { z: 1 } },
  rateHz: 10,
  holdMs: 1000,
};
setInterval(() => void server.fleet.setStanding(circle), 300);

// Any task of this program reads what came from any device ...
setInterval(() => {
  for (const { id, online } of server.fleet.devices()) {
    const pose = server.fleet.device(id).latest('/turtle1/pose');
    console.log(id, online ? 'online' : 'offline', pose?.message.value ?? 'no pose yet');
  }
}, 1000);

// ... or watches it as it comes.
for await (const { id, online } of server.fleet.watch()) console.log(id, online ? 'came' : 'went');
