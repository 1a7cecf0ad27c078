import { silentLog } from '@longline/ros';
import { motionSchema } from '../config/motionSchema.ts';
import { machineClock } from '../machineClock.ts';
import { DeadmanProcess } from './DeadmanProcess.ts';
import { forward } from './GateWorld.fixture.ts';

/** An agent reduced to its deadman: it takes a lease and drives at 50 Hz until somebody ends, stops or hangs it. */
const [robot = '', folder = '', timeoutMs = '5000'] = process.argv.slice(2);
const deadman = new DeadmanProcess({
  setup: {
    robot,
    folder,
    publishable: [],
    motion: motionSchema.parse({ outputs: [{ topic: '/cmd_vel', timeoutMs: Number(timeoutMs) }] }),
  },
  clock: machineClock,
  log: silentLog,
  random: Math.random,
  entry: new URL('./deadmanMain.fixture.ts', import.meta.url),
});
await deadman.start({ handleChange: () => undefined });
const token = deadman.status.token + 1;
await deadman.takeLease(token, machineClock.monotonicMs() + 60_000);
let sequence = 0;
setInterval(() => {
  const bornMs = machineClock.monotonicMs();
  const data = forward(1);
  const order = {
    kind: 'topic',
    name: '/cmd_vel',
    type: 'geometry_msgs/Twist',
    deadlineMs: 5_000,
    repeat: false,
  } as const;
  deadman.execute({ ...order, data, token, sequence: ++sequence, bornMs }).catch(() => undefined);
}, 20);
process.on('SIGUSR2', () => {
  const untilMs = performance.now() + 1_000;
  while (performance.now() < untilMs);
});
process.on('SIGTERM', () => void deadman.close().then(() => process.exit()));
process.stdout.write(`deadman ${deadman.pid ?? 0}\n`);
