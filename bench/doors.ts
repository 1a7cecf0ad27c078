// What the rosbridge door of a server gives to rosbridge clients, from an agent's line: small JSON messages and 1 MB images a
// second, beside a bare `ws` server that sends the same frames in the same run; fifty readers of one topic; one stalled reader
// among ten. Prints as its last line one JSON object.
import { parseArgs } from 'node:util';
import { cpuShare, processUse } from './fleet/processUse.ts';
import { bareFrames } from './doors/bareFrames.ts';
import { BENCH_DEVICE } from './doors/benchTopics.ts';
import { DoorsChild } from './doors/DoorsChild.ts';
import type { DoorsTopic } from './doors/orders.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** Seconds of each part. */
    seconds: { type: 'string', default: '10' },
    /** How often the stalled reader comes and goes. */
    turns: { type: 'string', default: '3' },
  },
});
const partMs = Number(flags.seconds) * 1000;
const MB = 1_000_000;
/** Of the real rosbridge (Python, ROS 2 line) with roslib on such a machine: messages a second (docs/doors.md). */
const rosbridge = { json: 3_800, image1MB: 107, image1MBCbor: 362 } as const;
/** Readers and robot are connected, and what was under way has come, after this. */
const SETTLE_MS = 1_000;

const say = (line: string): void => (flags.json ? console.error(line) : console.log(line));
const round = (value: number): number => Math.round(value * 1000) / 1000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const p99 = (ages: readonly number[]): number => {
  const sorted = ages.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? Number.NaN;
};

const server = new DoorsChild('server');
const robot = new DoorsChild('robot');
const readers = new DoorsChild('readers');
readers.handleProgress = (progress) => robot.tell(progress);

/** How many messages a second one reader has from the door while the robot publishes all that gets through. */
async function flood(topic: DoorsTopic, bytes: number, compression: string, inFlight: number): Promise<number> {
  await readers.ask({ do: 'read', door, topic, compression, readers: 1, stalled: 0 });
  await pause(SETTLE_MS);
  await robot.ask({ do: 'flood', topic, bytes, inFlight, forMs: SETTLE_MS });
  await pause(SETTLE_MS);
  await readers.ask({ do: 'report' });
  const fromMs = performance.now();
  await robot.ask({ do: 'flood', topic, bytes, inFlight, forMs: partMs });
  const { received } = await readers.ask({ do: 'report' });
  const perSecond = received / ((performance.now() - fromMs) / 1000);
  await readers.ask({ do: 'leave' });
  return perSecond;
}

/** A topic of 1 MB/s, as readers of one kind have it. */
async function watch(count: number, stalled: number): Promise<Watched> {
  const image = { topic: 'image', bytes: 50_000, rateHz: 20 } as const;
  await readers.ask({ do: 'read', door, topic: 'image', compression: 'none', readers: count, stalled });
  await robot.ask({ do: 'pace', ...image, forMs: 2 * SETTLE_MS });
  await readers.ask({ do: 'report' });
  const before = await server.ask({ do: 'count' });
  const from = processUse(pid);
  const { sent } = await robot.ask({ do: 'pace', ...image, forMs: partMs });
  await pause(SETTLE_MS);
  const after = await server.ask({ do: 'count' });
  const to = processUse(pid);
  const { received, agesMs } = await readers.ask({ do: 'report' });
  await readers.ask({ do: 'leave' });
  return {
    sent,
    received,
    agesMs,
    transcodings: after.transcodings - before.transcodings,
    growthBytes: to.rssBytes - from.rssBytes,
    cpu: cpuShare(from, to),
  };
}

interface Watched {
  readonly sent: number;
  readonly received: number;
  readonly agesMs: readonly number[];
  readonly transcodings: number;
  readonly growthBytes: number;
  readonly cpu: number;
}

let door = '';
let pid = 0;
try {
  const served = await server.ask({ do: 'serve' });
  pid = served.pid;
  door = `${served.url.replace('http', 'ws')}/api/v1/devices/${BENCH_DEVICE}/rosbridge`;
  await robot.ask({ do: 'connect', url: served.url });
  await pause(SETTLE_MS);

  say('small JSON messages ...');
  const json = await flood('text', 60, 'none', 4_000);
  say(`  ${Math.round(json)}/s`);
  say('1 MB images ...');
  const image = await flood('image', MB, 'none', 8);
  const imageCbor = await flood('image', MB, 'cbor', 8);
  const imageRaw = await flood('image', MB, 'cbor-raw', 8);
  say(`  ${round(image)}/s as JSON, ${round(imageCbor)}/s as CBOR, ${round(imageRaw)}/s raw`);
  say('a bare ws server that sends the same frames ...');
  const bare = { json: await bareFrames(120, partMs), image: await bareFrames(1.35 * MB, partMs) };
  say(`  ${Math.round(bare.json)}/s small, ${round(bare.image)}/s of an image's JSON`);
  say('50 readers of one topic of 1 MB/s ...');
  const fifty = await watch(50, 0);
  say(`  ${fifty.transcodings} transcodings of ${fifty.sent} messages, ${fifty.received} received, CPU ${fifty.cpu}`);
  say('9 readers, and beside one that reads nothing, in turns ...');
  const healthy: number[] = [];
  const beside: number[] = [];
  let growthBytes = 0;
  // What a machine does meanwhile falls on both alike.
  for (let turn = 0; turn < Number(flags.turns); turn++) {
    healthy.push(...(await watch(9, 0)).agesMs);
    const watched = await watch(9, 1);
    beside.push(...watched.agesMs);
    growthBytes = Math.max(growthBytes, watched.growthBytes);
  }
  say(`  p99 ${round(p99(healthy))} and ${round(p99(beside))} ms, the server grew by ${growthBytes} bytes at most`);

  const summary = {
    bench: 'doors',
    json: {
      messagesPerSecond: Math.round(json),
      vsBareWs: round(json / bare.json),
      vsRosbridge: round(json / rosbridge.json),
    },
    image1MB: {
      perSecond: round(image),
      cborPerSecond: round(imageCbor),
      cborRawPerSecond: round(imageRaw),
      vsBareWs: round(image / bare.image),
      vsRosbridge: round(image / rosbridge.image1MB),
      cborVsRosbridge: round(imageCbor / rosbridge.image1MBCbor),
    },
    readers50: {
      messages: fifty.sent,
      received: fifty.received,
      transcodings: fifty.transcodings,
      transcodingsPerMessage: round(fifty.transcodings / fifty.sent),
      p99Ms: round(p99(fifty.agesMs)),
      serverCpuShare: round(fifty.cpu),
      serverGrowthMB: round(fifty.growthBytes / MB),
    },
    stalledReader: {
      p99AloneMs: round(p99(healthy)),
      othersP99Ms: round(p99(beside)),
      othersP99Ratio: round(p99(beside) / p99(healthy)),
      serverGrowthMB: round(growthBytes / MB),
    },
  };
  console.log(JSON.stringify(summary));
} finally {
  for (const child of [readers, robot, server]) child.kill();
}
process.exit();
