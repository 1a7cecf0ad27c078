// A device without an agent: it publishes a temperature, shows texts, and has a lamp that others switch.
//
//   npm install ws
//   node examples/plain-device.mjs ws://localhost:8080/api/v1/devices/greenhouse-2/connect
//
// On a locked server its token comes from the environment: LONGLINE_DEVICE_TOKEN=ld_...
import { clearInterval, setInterval, setTimeout } from 'node:timers';
import WebSocket from 'ws';

const url = process.argv[2];
const token = process.env.LONGLINE_DEVICE_TOKEN;
const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };

function connect() {
  const socket = new WebSocket(url, { headers });
  const send = (op) => socket.send(JSON.stringify(op));
  const publish = () => {
    const data = 20 + 5 * Math.sin(Date.now() / 60_000);
    send({ op: 'publish', topic: '/temperature', msg: { data } });
  };
  let publishing;

  socket.on('open', () => {
    send({ op: 'advertise', topic: '/temperature', type: 'std_msgs/Float64' });
    send({ op: 'subscribe', topic: '/display', type: 'std_msgs/String' });
    send({ op: 'advertise_service', service: '/lamp', type: 'std_srvs/SetBool' });
    publishing = setInterval(publish, 1000);
  });
  socket.on('message', (text) => {
    const { op, id, service, args, msg } = JSON.parse(text);
    if (op === 'publish') console.log('display:', msg.data);
    else if (op === 'call_service') {
      const values = { success: true, message: `the lamp is ${args.data ? 'on' : 'off'}` };
      send({ op: 'service_response', service, id, values, result: true });
    } else if (op === 'status') console.error(msg); // what the server refused, and why
  });
  socket.on('error', (error) => console.error('not connected:', error.message));
  socket.on('close', () => {
    clearInterval(publishing);
    setTimeout(connect, 1000);
  });
}

connect();
