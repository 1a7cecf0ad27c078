// A server inside your own program: it keeps what every robot sends, and drives every turtle in a circle.
//
//   npm run example -- embedded-server
//   npm run longline -- agent --robot turtlesim: --device 1722 --allow-publish '/turtle1/cmd_vel'    (in a second terminal)
import { startServer } from '@longline/server';

const server = await startServer({ port: Number(process.argv[2] ?? 8080) });
console.log(`Longline listens on ${server.url}`);

/** Takes a turtle's lease, renews it, and moves the turtle under it. When this program stops, so do the turtles. */
async function drive(id: string): Promise<void> {
  const lease = await server.fleet.device(id).takeLease();
  const timers = [
    setInterval(() => lease.publish('/turtle1/cmd_vel', { linear: { x: 1 }, angular: { z: 1 } }), 100),
    setInterval(() => void lease.renew().catch(() => undefined), lease.holdMs / 3),
  ];
  lease.lost.addEventListener('abort', () => {
    timers.forEach(clearInterval);
    driven.delete(id);
  });
}

// Any task of this program reads what came from any device ...
setInterval(() => {
  for (const { id, online } of server.fleet.devices()) {
    const pose = server.fleet.device(id).latest('/turtle1/pose');
    console.log(id, online ? 'online' : 'offline', pose?.message.value ?? 'no pose yet');
  }
}, 1000);

// ... or watches the devices as they come and go.
const driven = new Set<string>();
for await (const { id, online } of server.fleet.watch()) {
  if (!online || driven.has(id)) continue;
  driven.add(id);
  drive(id).catch((error: unknown) => {
    driven.delete(id);
    console.log(id, String(error));
  });
}
