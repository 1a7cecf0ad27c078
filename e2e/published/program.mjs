// A program of somebody who installed the SDK: plain JavaScript on plain Node, nothing of this repository at hand.
import { ClientError, connect } from '@longline/client';

const [url, id] = process.argv.slice(2);
await using fleet = connect(url);
const robot = fleet.device(id);
const said = { devices: (await fleet.devices()).map(({ device }) => device) };
for await (const message of robot.messages('/turtle1/pose', { rateHz: 5 })) {
  said.pose = Object.keys(message.value);
  break;
}
said.pen = await robot.call('/turtle1/set_pen', { r: 255 });
said.refused = await robot.call('/reset').catch(({ code }) => code);
said.noUrl = (() => {
  try {
    connect('nowhere');
  } catch (error) {
    return error instanceof ClientError && error.code;
  }
})();
await using lease = await robot.takeLease();
lease.publish('/turtle1/cmd_vel', { linear: { x: 1 } });
for await (const { value } of robot.messages('/turtle1/pose')) if (value.linear_velocity > 0) break;
said.moved = true;
console.log(JSON.stringify(said));
