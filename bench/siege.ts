// A locked server under siege: how old the messages of honest robots are at honest readers in quiet, and while others hold
// connections that never finish, try wrong tokens, and read nothing. Prints as its last line one JSON object.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuShare, machineCpuMs, processUse } from './fleet/processUse.ts';
import type { ProcessUse } from './fleet/processUse.ts';
import { SiegeChild } from './siege/SiegeChild.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    robots: { type: 'string', default: '50' },
    hz: { type: 'string', default: '10' },
    readers: { type: 'string', default: '2' },
    /** Connections that never finish their handshake. */
    unfinished: { type: 'string', default: '2000' },
    /** Wrong tokens a second. */
    wrong: { type: 'string', default: '1000' },
    /** Seconds of quiet, and of siege. */
    quiet: { type: 'string', default: '20' },
    siege: { type: 'string', default: '30' },
    /** The server speaks TLS. */
    tls: { type: 'boolean', default: false },
    /** A folder for a CPU profile of the server: siege.cpuprofile. */
    profile: { type: 'string' },
  },
});
const robots = Number(flags.robots);
const hz = Number(flags.hz);
const WARM_UP_MS = 3_000;
/** The connections of the siege are up after this. */
const GATHER_MS = 4_000;
/** Whoever besieges stands back for those measured, on a machine that all share. */
const BESIEGER_NICENESS = 10;

const say = (line: string): void => console.error(`siege: ${line}`);
const round = (value: number): number => Math.round(value * 1000) / 1000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const server = new SiegeChild('server');
const fleet = new SiegeChild('fleet');
const besieger = new SiegeChild('besieger', BESIEGER_NICENESS);
/** What the processes of the bench, and all of the machine, have used by now. */
interface Use {
  readonly server: ProcessUse;
  readonly ownMs: number;
  readonly machineMs: number;
}
const look = (): Use => {
  const [ofServer, ...others] = [server, fleet, besieger].map(({ pid }) => processUse(pid));
  if (ofServer === undefined) throw new Error('there is no server');
  const ownMs = others.reduce((sum, { cpuMs }) => sum + cpuMs, ofServer.cpuMs);
  return { server: ofServer, ownMs, machineMs: machineCpuMs() };
};
/** What strangers took meanwhile; with more than a little of it the ages say more of them than of the server. */
const strangersShare = (from: Use, to: Use): number =>
  Math.max(0, (to.machineMs - from.machineMs - (to.ownMs - from.ownMs)) / (to.server.atMs - from.server.atMs));

try {
  const profile = flags.profile === undefined ? undefined : join(flags.profile, 'siege.cpuprofile');
  const { url, ca, admin } = await server.ask({ do: 'serve', tls: flags.tls, profile });
  say(`${robots} robots at ${hz} Hz join and connect, and ${flags.readers} readers of everything ...`);
  await fleet.ask({ do: 'connect', url, ca, admin, robots, readers: Number(flags.readers) });
  await fleet.ask({ do: 'pace', hz, forMs: WARM_UP_MS });

  say(`quiet for ${flags.quiet} s ...`);
  const quietFrom = look();
  const quiet = await fleet.ask({ do: 'pace', hz, forMs: Number(flags.quiet) * 1000 });
  const quietTo = look();

  say(
    `${flags.unfinished} connections that never finish, ${flags.wrong} wrong tokens/s, a reader that never reads ...`,
  );
  const hostile = { unfinished: Number(flags.unfinished), wrongPerSecond: Number(flags.wrong) };
  await besieger.ask({ do: 'besiege', url, ca, admin, ...hostile });
  await fleet.ask({ do: 'pace', hz, forMs: GATHER_MS });
  await besieger.ask({ do: 'report' });
  const siegeFrom = look();
  const siege = await fleet.ask({ do: 'pace', hz, forMs: Number(flags.siege) * 1000 });
  const hostility = await besieger.ask({ do: 'report' });
  const siegeTo = look();
  await pause(100);
  await server.ask({ do: 'stop' });

  const summary = {
    bench: 'siege',
    tls: flags.tls,
    robots,
    hz,
    p50QuietMs: round(quiet.p50Ms),
    p50SiegeMs: round(siege.p50Ms),
    p99QuietMs: round(quiet.p99Ms),
    p99SiegeMs: round(siege.p99Ms),
    ratio: round(siege.p99Ms / quiet.p99Ms),
    maxQuietMs: round(quiet.maxMs),
    maxSiegeMs: round(siege.maxMs),
    lost: quiet.sent * Number(flags.readers) - quiet.received + siege.sent * Number(flags.readers) - siege.received,
    linesEnded: siege.linesEnded,
    unfinishedHeld: hostility.held,
    unfinishedEnded: hostility.ended,
    wrongPerSecond: Math.round(hostility.wrongPerSecond),
    refusedPerSecond: Math.round(hostility.refusedPerSecond),
    neverReadsIsThere: hostility.readerIsThere,
    serverCpuShareQuiet: round(cpuShare(quietFrom.server, quietTo.server)),
    serverCpuShareSiege: round(cpuShare(siegeFrom.server, siegeTo.server)),
    rssGrowthBytes: siegeTo.server.rssBytes - quietTo.server.rssBytes,
    strangersCpuShareQuiet: round(strangersShare(quietFrom, quietTo)),
    strangersCpuShareSiege: round(strangersShare(siegeFrom, siegeTo)),
  };
  console.log(JSON.stringify(summary));
  if (siege.linesEnded > 0) process.exitCode = 1;
} finally {
  for (const child of [besieger, fleet, server]) child.kill();
}
process.exit();
