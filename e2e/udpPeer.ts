// One end of a test of the link emulator: `udpPeer.ts echo ADDRESS` sends back what comes; `udpPeer.ts burst ADDRESS
// COUNT BYTES` sends so many datagrams at once and prints after a second when each came back, in milliseconds.
import { createSocket } from 'node:dgram';

const [role, address = '', count = '0', bytes = '0'] = process.argv.slice(2);
const PORT = 9_000;
const WAIT_MS = 1_000;
const socket = createSocket('udp4');
if (role === 'echo') {
  socket.on('message', (data, from) => socket.send(data, from.port, from.address));
  socket.bind(PORT, address, () => console.log('ready'));
} else {
  const backMs: number[] = [];
  const startMs = performance.now();
  socket.on('message', () => backMs.push(performance.now() - startMs));
  for (let i = 0; i < Number(count); i++) socket.send(Buffer.alloc(Number(bytes)), PORT, address);
  setTimeout(() => {
    console.log(JSON.stringify(backMs));
    process.exit(0);
  }, WAIT_MS);
}
