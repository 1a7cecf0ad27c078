// An operator's program: takes the lease of a device and drives at 20 Hz until it is killed. Prints a JSON line when it lost it.
import { connect } from '@longline/client';

const [server = '', device = ''] = process.argv.slice(2);
const say = (line: object): void => console.log(JSON.stringify(line));
const fleet = connect(server);
const lease = await fleet.device(device).takeLease({ holdMs: 1_000, takeOver: true });
lease.lost.addEventListener('abort', () => say({ lost: String(lease.lost.reason) }));
setInterval(() => {
  // When it was made, on the machine's monotonic clock, so that a late one shows at ROS.
  const madeMs = Number(process.hrtime.bigint()) / 1e6;
  if (!lease.lost.aborted) lease.publish('/cmd_vel', { linear: { x: 1 }, angular: { z: madeMs } });
}, 50);
