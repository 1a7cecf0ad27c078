import type { Figures } from './figures.ts';
import type { SystemFigures } from './measureSystem.ts';

const ms = (value: number | null): string => (value === null ? '-' : `${value}`);
const ages = ({ p50Ms, p99Ms }: Figures): string => `${ms(p50Ms)}/${ms(p99Ms)} ms`;
const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;

/** One system's figures for people; ages are p50/p99. */
export function figuresLine(system: string, figures: SystemFigures): string {
  const { commands, images, linkUse, odometry, outage, scan, tf, timersLateMs } = figures;
  const { freshAfterMs, issuedCommands, staleCommands } = outage;
  return [
    `${system}: odometry ${ages(odometry)}, ${percent(odometry.share)}`,
    `images ${images.perSecond}/s, ${ages(images)}`,
    `tf ${ages(tf)}, ${percent(tf.share)}`,
    `scan ${ages(scan)}, ${percent(scan.share)}`,
    `commands ${ages(commands)}, ${percent(commands.share)}`,
    `fresh again after ${freshAfterMs === null ? 'never' : `${freshAfterMs} ms`}`,
    `${staleCommands} of ${issuedCommands} commands of the outage executed`,
    `link use ${percent(linkUse)}`,
    `timers late p99 ${ms(timersLateMs.robot)}/${ms(timersLateMs.reader)} ms`,
  ].join('; ');
}
