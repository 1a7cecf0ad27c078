// Commands to a robot's ROS and back: the round trip on loopback, and over a thin link at rest and while the robot
// publishes more than the link carries; and how many a second, with their lives in the server's database. Prints a table
// and, as its last line, one JSON object. The thin link needs root (network namespaces, TUN devices); without it, or with
// `--no-thin`, its figures are null.
import { parseArgs } from 'node:util';
import { CommandStation } from './commands/CommandStation.ts';
import type { Answered } from './commands/orders.ts';
import { missingForLink } from './netem/missingForLink.ts';
import { quantile, rounded } from './thinLink/figures.ts';
import { waitMs } from './thinLink/waitMs.ts';

const { values: flags } = parseArgs({
  allowNegative: true,
  options: {
    json: { type: 'boolean', default: false },
    /** Seconds of each part. */
    seconds: { type: 'string', default: '20' },
    /** Commands a second of the sustained part. */
    offered: { type: 'string', default: '1000' },
    thin: { type: 'boolean', default: true },
  },
});
const say = (line: string): void => (flags.json ? console.error(line) : console.log(line));
const partMs = Number(flags.seconds) * 1000;
const offered = Number(flags.offered);

const SHAPE = { upBitsPerSecond: 5_000_000, downBitsPerSecond: 20_000_000, delayMs: 30, loss: 0.005, queueMs: 300 };
/** As a person with a pad and a program or two. */
const PACE_HZ = 20;
const LEAD_IN_MS = 2_000;
/** Commands under way at once, where it is looked how many go. */
const FLOOD_UNDER_WAY = 64;

function roundTrips(part: string, answered: Answered): { p50Ms: number | null; p99Ms: number | null; failed: number } {
  const of = (share: number): number | null => {
    const value = quantile(answered.roundTripsMs, share);
    return value === null ? null : rounded(value, 2);
  };
  const figures = { p50Ms: of(0.5), p99Ms: of(0.99), failed: answered.sent - answered.done };
  say(
    `${part.padEnd(22)} p50 ${figures.p50Ms} ms, p99 ${figures.p99Ms} ms, ${answered.done}/${answered.sent} done ` +
      JSON.stringify(answered.failures),
  );
  return figures;
}

async function onLoopback() {
  const station = await CommandStation.open();
  try {
    const warmUp = await station.flood(8, LEAD_IN_MS);
    const paced = await station.pace(100, partMs);
    const loopback = roundTrips('loopback', paced);
    const underLease = await station.pace(50, partMs, true);
    const leased = roundTrips('under a lease', underLease);
    const sustained = await station.pace(offered, partMs);
    const sustainedPerSecond = rounded((sustained.done * 1000) / sustained.tookMs);
    const underLoad = roundTrips(`at ${offered}/s`, sustained);
    const most = await station.flood(FLOOD_UNDER_WAY, partMs / 4);
    const mostPerSecond = rounded((most.done * 1000) / most.tookMs);
    const stored = await station.stored();
    const done = [warmUp, paced, underLease, sustained, most].reduce((sum, part) => sum + part.done, 0);
    say(
      `${'sustained'.padEnd(22)} ${sustainedPerSecond}/s of ${offered}/s, at most ${mostPerSecond}/s; ${stored} of ${done} stored`,
    );
    return { loopback, leased, sustained: underLoad, sustainedPerSecond, mostPerSecond, done, stored };
  } finally {
    station.close();
  }
}

async function overThinLink(loaded: boolean) {
  const station = await CommandStation.open(SHAPE, loaded);
  try {
    await waitMs(LEAD_IN_MS);
    const part = loaded ? 'thin, saturated' : 'thin, at rest';
    const plain = roundTrips(part, await station.pace(PACE_HZ, partMs));
    return { plain, leased: roundTrips(`${part}, lease`, await station.pace(PACE_HZ, partMs, true)) };
  } finally {
    station.close();
  }
}

const here = await onLoopback();
const missing = flags.thin ? missingForLink() : 'it is left out';
if (missing !== undefined) say(`thin link: ${missing}.`);
const rest = missing === undefined ? await overThinLink(false) : undefined;
const saturated = missing === undefined ? await overThinLink(true) : undefined;
const thin = {
  restP50Ms: rest?.plain.p50Ms ?? null,
  restP99Ms: rest?.plain.p99Ms ?? null,
  restLeasedP99Ms: rest?.leased.p99Ms ?? null,
  saturatedP50Ms: saturated?.plain.p50Ms ?? null,
  saturatedP99Ms: saturated?.plain.p99Ms ?? null,
  saturatedLeasedP99Ms: saturated?.leased.p99Ms ?? null,
  failed: [rest, saturated].reduce((sum, each) => sum + (each?.plain.failed ?? 0) + (each?.leased.failed ?? 0), 0),
};
console.log(JSON.stringify({ bench: 'commands', ...here, thin }));
