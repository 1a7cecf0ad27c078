// A fleet on one server process: many robots that hold a line and say nothing, then some of them sending, with one
// reader of everything. Prints memory per robot, the server's CPU and the ages, as its last line one JSON object.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BenchChild } from './fleet/BenchChild.ts';
import { cpuShare, machineCpuMs, processUse } from './fleet/processUse.ts';
import { robotChannels } from './fleet/robotChannels.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** A small fleet: 1,000 robots of which 200 send. */
    quick: { type: 'boolean', default: false },
    /** Robots that hold a line. */
    idle: { type: 'string' },
    /** How many of them send in the second part. */
    robots: { type: 'string' },
    hz: { type: 'string', default: '10' },
    /** Seconds of each part. */
    seconds: { type: 'string', default: '10' },
    /** A folder for CPU profiles of the server: idle.cpuprofile and loaded.cpuprofile. */
    profile: { type: 'string' },
  },
});
const idle = Number(flags.idle ?? (flags.quick ? 1_000 : 19_000));
const senders = Number(flags.robots ?? (flags.quick ? 200 : 2_000));
const hz = Number(flags.hz);
const partMs = Number(flags.seconds) * 1000;
/** Heartbeats, collections and the reader's first messages are over after this. */
const SETTLE_MS = 5_000;
const WARM_UP_MS = 2_000;
const LOADS = 2;

const say = (line: string): void => console.error(`fleet: ${line}`);
const round = (value: number): number => Math.round(value * 1000) / 1000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Node raises its own limit of open files to the hard one; beyond that only the machine's owner can. */
function checkOpenFiles(): void {
  const hard = Number(/^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
  if (idle + 200 <= hard) return;
  say(
    `${idle} robots need more open files than the ${hard} allowed here: raise "ulimit -Hn", or pass a smaller --idle`,
  );
  process.exit(1);
}

checkOpenFiles();
const server = new BenchChild('server');
const loads = Array.from({ length: LOADS }, () => new BenchChild('load'));
const reader = new BenchChild('reader');
/** The part of `total` that a load takes on. */
const part = (total: number, load: number): number =>
  Math.floor((total * (load + 1)) / LOADS) - Math.floor((total * load) / LOADS);
const profile = (name: string | undefined): Promise<undefined> | undefined =>
  flags.profile === undefined
    ? undefined
    : server.ask('profile', { file: name === undefined ? undefined : join(flags.profile, `${name}.cpuprofile`) });

try {
  const { url } = await server.ask('serve', { robots: idle });
  const heapBefore = await server.ask('memory', undefined);
  const before = processUse(server.pid);

  say(`${idle} robots connect ...`);
  let first = 0;
  await Promise.all(
    loads.map((load, index) => {
      const count = part(idle, index);
      first += count;
      return load.ask('connect', { url, address: `127.0.0.${index + 2}`, first: first - count, count });
    }),
  );
  const connected = processUse(server.pid);
  say(
    `connected in ${round((connected.atMs - before.atMs) / 1000)} s; they hold their lines for ${partMs / 1000} s ...`,
  );
  await pause(SETTLE_MS);
  await profile('idle');
  const idleFrom = processUse(server.pid);
  await pause(partMs);
  const idleTo = processUse(server.pid);
  await profile(undefined);
  const heap = await server.ask('memory', undefined);
  const collected = processUse(server.pid);
  const idleResult = {
    robots: idle,
    connectCpuMsPerRobot: round((connected.cpuMs - before.cpuMs) / idle),
    rssBytesPerRobot: Math.round((idleTo.rssBytes - before.rssBytes) / idle),
    rssBytesPerRobotCollected: Math.round((collected.rssBytes - before.rssBytes) / idle),
    heapBytesPerRobot: Math.round((heap.heapUsed - heapBefore.heapUsed) / idle),
    externalBytesPerRobot: Math.round((heap.external - heapBefore.external) / idle),
    serverCpuShare: round(cpuShare(idleFrom, idleTo)),
    serverCpuSharePerThousand: round((cpuShare(idleFrom, idleTo) / idle) * 1000),
  };
  say(JSON.stringify(idleResult));

  say(`one reader of everything joins; ${senders} of the robots send at ${hz} Hz for ${partMs / 1000} s ...`);
  await reader.ask('read', { url, expected: idle * robotChannels.length });
  const pace = async (forMs: number): Promise<number> => {
    const answers = await Promise.all(
      loads.map((load, index) => load.ask('pace', { robots: part(senders, index), hz, forMs })),
    );
    return answers.reduce((total, { sent }) => total + sent, 0);
  };
  await pace(WARM_UP_MS);
  await pause(200);
  await reader.ask('report', undefined);
  await profile('loaded');
  const loadedFrom = processUse(server.pid);
  const othersFrom = [...loads, reader].map(({ pid }) => processUse(pid));
  const machineFromMs = machineCpuMs();
  const sent = await pace(partMs);
  const loadedTo = processUse(server.pid);
  const othersTo = [...loads, reader].map(({ pid }) => processUse(pid));
  const machineCpuShare = (machineCpuMs() - machineFromMs) / (loadedTo.atMs - loadedFrom.atMs);
  const serverCpuShare = cpuShare(loadedFrom, loadedTo);
  const othersCpuShares = othersFrom.map((from, index) => cpuShare(from, othersTo[index] ?? from));
  const ownCpuShare = othersCpuShares.reduce((total, share) => total + share, serverCpuShare);
  await profile(undefined);
  await pause(200);
  const ages = await reader.ask('report', undefined);
  const loadedResult = {
    robots: senders,
    hz,
    sent,
    received: ages.received,
    p50Ms: round(ages.p50Ms),
    p99Ms: round(ages.p99Ms),
    maxMs: round(ages.maxMs),
    serverCpuShare: round(serverCpuShare),
    rssBytes: loadedTo.rssBytes,
    /** Of the loads and the reader: who shares the machine with the server. */
    othersCpuShares: othersCpuShares.map(round),
    /** What strangers took meanwhile; with more than a little of it the ages say more of them than of the server. */
    strangersCpuShare: round(Math.max(0, machineCpuShare - ownCpuShare)),
  };
  say(JSON.stringify(loadedResult));
  const ended = await Promise.all(loads.map((load) => load.ask('ended', undefined)));
  const linesEnded = ended.reduce((total, lines) => total + lines, 0);
  const summary = { bench: 'fleet', seconds: partMs / 1000, linesEnded, idle: idleResult, loaded: loadedResult };
  console.log(JSON.stringify(summary));
  if (linesEnded > 0) process.exitCode = 1;
} finally {
  for (const child of [reader, ...loads, server]) child.stop();
}
process.exit();
