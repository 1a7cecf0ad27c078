// How old Odometry gets and how well the link is used, over links from 64 kbit/s to 100 Mbit/s, 5 to 600 ms of round trip
// and 0 to 5 % of loss; and how a line takes a change of the rate. The robot publishes what it publishes in the
// thin-link bench. Prints a table and, as its last line, one JSON object with `violations`. Needs root (network
// namespaces, TUN devices). Delays are round trips: one way is half of it. Both directions have the same rate.
import { parseArgs } from 'node:util';
import { isDisturbed, judgeCell } from './links/judgeCell.ts';
import type { CellResult } from './links/judgeCell.ts';
import { nameOf } from './links/LinkCell.ts';
import type { LinkCell } from './links/LinkCell.ts';
import { measureCells } from './links/measureCells.ts';
import { measureChange } from './links/measureChange.ts';
import type { SpanFigures } from './links/SpanFigures.ts';
import { missingForLink } from './netem/missingForLink.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** A sample of 8 cells instead of all. */
    quick: { type: 'boolean', default: false },
    /** Measured seconds of each cell. */
    seconds: { type: 'string', default: '10' },
    /** Lists of kbit/s, milliseconds of round trip and per cent: other cells. */
    rates: { type: 'string' },
    'round-trips': { type: 'string' },
    losses: { type: 'string' },
    /** Leaves out the change of the rate, or the table. */
    only: { type: 'string' },
    /** How often the reader sends a Twist; with its replies it takes a good part of 64 kbit/s. */
    'command-hz': { type: 'string', default: '20' },
    /** Cells measured at the same time. */
    parallel: { type: 'string', default: '3' },
    /** Another system of the thin-link bench. */
    system: { type: 'string', default: 'longline' },
  },
});
const say = (line: string): void => (flags.json ? console.error(line) : console.log(line));

const numbers = (text: string | undefined, otherwise: readonly number[]): readonly number[] =>
  text === undefined ? otherwise : text.split(',').map(Number);

function chosenCells(): LinkCell[] {
  const rates = numbers(flags.rates, [64, 256, 1_000, 5_000, 20_000, 100_000]);
  const roundTrips = numbers(flags['round-trips'], [5, 30, 150, 600]);
  const losses = numbers(flags.losses, [0, 1, 5]);
  const isChosen = [flags.rates, flags['round-trips'], flags.losses].some((flag) => flag !== undefined);
  if (flags.quick && !isChosen) return sample;
  return rates.flatMap((rate) =>
    roundTrips.flatMap((roundTrip) => losses.map((percent) => cellOf(rate, roundTrip, percent))),
  );
}

function cellOf(kbitPerSecond: number, roundTripMs: number, lossPercent: number): LinkCell {
  return { bitsPerSecond: kbitPerSecond * 1000, roundTripMs, loss: lossPercent / 100 };
}

const sample = [
  cellOf(64, 30, 0),
  cellOf(64, 150, 1),
  cellOf(256, 30, 1),
  cellOf(1_000, 150, 1),
  cellOf(5_000, 5, 0),
  cellOf(5_000, 30, 5),
  cellOf(20_000, 600, 1),
  cellOf(100_000, 30, 1),
];

const measure = (cells: readonly LinkCell[], seed: number): Promise<SpanFigures[]> =>
  measureCells(flags.system, cells, Number(flags.seconds) * 1000, seed, Number(flags['command-hz']));

/** The loss of the link that changes its rate. */
const CHANGE_LOSS = 0;

function row(result: CellResult): string {
  const { commands, images, linkUse, machineLateMs, minimumMs, odometry, overMs, overRoundTrips } = result;
  const columns = [
    nameOf(result).padEnd(25),
    `odometry ${odometry.perSecond}/s`.padEnd(18),
    `p50 ${odometry.p50Ms ?? '-'}`.padEnd(11),
    `p99 ${odometry.p99Ms ?? '-'} ms`.padEnd(15),
    `minimum ${minimumMs} ms`.padEnd(18),
    `over ${overMs ?? '-'} ms = ${overRoundTrips ?? '-'} round trips`.padEnd(34),
    `images ${images.perSecond}/s`.padEnd(15),
    `commands p99 ${commands.p99Ms ?? '-'} ms`.padEnd(24),
    `link use ${Math.round(linkUse * 100)} %`.padEnd(15),
    `timers ${machineLateMs} ms late`,
  ];
  return columns.join(' ') + (result.violations.length > 0 ? '  !' : '');
}

const missing = missingForLink();
if (missing !== undefined) {
  console.error(`longline: ${missing}.`);
  process.exit(1);
}
const cells = flags.only === 'change' ? [] : chosenCells();
const results: CellResult[] = [];
for (let first = 0; first < cells.length; first += Number(flags.parallel)) {
  const batch = cells.slice(first, first + Number(flags.parallel));
  const figures = await measure(batch, 1 + first);
  for (const [i, cell] of batch.entries()) {
    const measured = figures[i];
    if (measured === undefined) continue;
    const result = judgeCell(cell, measured);
    results.push(result);
    say(row(result));
  }
}
// What a busy machine may have spoilt has a second chance, alone.
for (const [i, result] of results.entries()) {
  if (result.violations.length === 0 || !isDisturbed(result)) continue;
  const { bitsPerSecond, roundTripMs, loss } = result;
  const cell = { bitsPerSecond, roundTripMs, loss };
  const [figures] = await measure([cell], 1 + i);
  if (figures === undefined) continue;
  results[i] = judgeCell(cell, figures);
  say(`again: ${row(results[i])}`);
}
const change = flags.only === 'table' ? undefined : await measureChange(flags.system, CHANGE_LOSS, 1);
if (change !== undefined) {
  for (const [name, figures] of [
    ['1 -> 20 Mbit/s, seconds 2 to 5 after the change', change.up.changed],
    ['20 Mbit/s from the start', change.up.fresh],
    ['20 -> 1 Mbit/s, seconds 2 to 5 after the change', change.down.changed],
    ['1 Mbit/s from the start', change.down.fresh],
  ] as const) {
    const { images, linkUse, odometry } = figures;
    say(
      `${name.padEnd(48)} odometry ${odometry.perSecond}/s, p50 ${odometry.p50Ms ?? '-'}, p99 ${odometry.p99Ms ?? '-'} ms, ` +
        `images ${images.perSecond}/s, p99 ${images.p99Ms ?? '-'} ms, link use ${Math.round(linkUse * 100)} %`,
    );
  }
}
const violations = results.flatMap((result) => result.violations);
for (const violation of violations) say(`! ${violation}`);
console.log(JSON.stringify({ bench: 'links', system: flags.system, cells: results, change, violations }));
