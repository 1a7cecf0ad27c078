import type { LinkShape } from '../netem/LinkShape.ts';
import { commandFigures, executedOf, freshAfterMs, odometryOf, quantile, rounded, topicFigures } from './figures.ts';
import type { Figures } from './figures.ts';
import { sharedNowMs } from './sharedClock.ts';
import { Station } from './Station.ts';
import { waitMs } from './waitMs.ts';

/** How long each part of a measurement takes, in seconds. */
export interface Schedule {
  readonly seconds: number;
  readonly outageSeconds: number;
  readonly recoverySeconds: number;
}

/** One run of one system. */
export interface SystemFigures {
  readonly odometry: Figures;
  readonly images: Figures;
  readonly tf: Figures;
  readonly scan: Figures;
  readonly commands: Figures;
  readonly outage: {
    /** From the link's return until Odometry was younger than 500 ms and stayed so; null: not before the end. */
    readonly freshAfterMs: number | null;
    /** Commands issued during the outage that the robot executed at all. */
    readonly staleCommands: number;
    readonly staleOldestMs: number | null;
    readonly issuedCommands: number;
  };
  /** IP bytes that the link delivered upwards, of what its rate allowed. */
  readonly linkUse: number;
  /** How late the processes' own timers were, p99 in milliseconds: on a machine busy with other things every age is higher. */
  readonly timersLateMs: { readonly robot: number | null; readonly reader: number | null };
}

/** Before the measured part: start of the topics, first window of the connection. */
const LEAD_IN_MS = 2_000;
/** Between the measured part and the outage: what was sent last has time to arrive. */
const TAIL_MS = 1_000;

/** Runs one system over a fresh link: the measured part, the outage, the recovery. */
export async function measureSystem(
  system: string,
  shape: LinkShape,
  schedule: Schedule,
  seed: number,
  say: (line: string) => void,
): Promise<SystemFigures> {
  const station = await Station.open(system, shape, seed);
  const { link } = station;
  try {
    await waitMs(LEAD_IN_MS);
    say(`${system}: ${schedule.seconds} s measured ...`);
    const before = await link.counters();
    const measuredFromMs = sharedNowMs();
    await waitMs(schedule.seconds * 1000);
    const after = await link.counters();
    const measured = { fromMs: measuredFromMs, toMs: sharedNowMs() };
    await waitMs(TAIL_MS);
    say(`${system}: ${schedule.outageSeconds} s without link, then ${schedule.recoverySeconds} s with it ...`);
    await link.down();
    const downMs = sharedNowMs();
    await waitMs(schedule.outageSeconds * 1000);
    await link.up();
    const upMs = sharedNowMs();
    await waitMs(schedule.recoverySeconds * 1000);
    const outage = { fromMs: downMs, toMs: upMs };
    const recovery = { fromMs: upMs, toMs: sharedNowMs() };

    const { robot, reader } = await station.report();
    const stale = executedOf(robot, outage);
    const capacityBytes = (shape.upBitsPerSecond / 8) * ((measured.toMs - measured.fromMs) / 1000);
    return {
      ...topicFigures(robot, reader, measured, downMs),
      commands: commandFigures(robot, reader, measured, downMs),
      outage: {
        freshAfterMs: freshAfterMs(odometryOf(reader), recovery),
        staleCommands: stale.count,
        staleOldestMs: stale.oldestMs,
        issuedCommands: reader.issuedMs.filter((atMs) => atMs >= outage.fromMs && atMs < outage.toMs).length,
      },
      timersLateMs: { robot: p99Of(robot.timersLateMs), reader: p99Of(reader.timersLateMs) },
      linkUse: rounded((after.up.forwardedBytes - before.up.forwardedBytes) / capacityBytes, 3),
    };
  } finally {
    await station.close();
  }
}

function p99Of(values: readonly number[]): number | null {
  const p99 = quantile(values, 0.99);
  return p99 === null ? null : rounded(p99);
}
