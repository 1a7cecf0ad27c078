// Feeds every decoder and door with bent input for a given time: `npm run fuzz -- --for 10m [--seed N] [--only NAME] [--case N]`.
// Progress goes to standard error; the last line on standard output is one JSON object. Exit code 1 where something failed.
import { availableParallelism } from 'node:os';
import { saveFailure } from './failureFile.ts';
import { parseFuzzFlags } from './FuzzFlags.ts';
import type { FuzzFlags } from './FuzzFlags.ts';
import type { FuzzSummary } from './FuzzReport.ts';
import { playCase } from './play.ts';
import { runFuzz } from './runFuzz.ts';
import { targets } from './targets/index.ts';

const flags = parseFuzzFlags(process.argv.slice(2), availableParallelism());
if (flags.only !== undefined && !targets.some(({ name }) => name === flags.only)) {
  throw new RangeError(`There is no target ${flags.only}: ${targets.map(({ name }) => name).join(', ')}.`);
}
console.error(`fuzz: seed ${flags.seed}`);
if (flags.case === undefined) {
  const summary = await runFuzz(flags, tellProgress);
  for (const { target, what, repeat } of summary.failures) console.error(`FAIL ${target}: ${what}\n  ${repeat}`);
  console.log(JSON.stringify(summary));
  process.exit(summary.failures.length === 0 ? 0 : 1);
}
process.exit(await repeat(flags, flags.case));

async function repeat({ only, seed }: FuzzFlags, index: number): Promise<number> {
  const target = targets.find(({ name }) => name === only);
  if (target === undefined) throw new RangeError('--case needs --only and --seed.');
  const played = await playCase(target, await target.open(), seed, index);
  if (played.failure !== undefined) {
    console.error(`${played.failure.what}\n  ${saveFailure(target.name, seed, index, played.failure)}`);
  }
  console.log(
    JSON.stringify({ seed, target: target.name, case: index, frames: played.frames, longestMs: played.longestMs }),
  );
  return played.failure === undefined ? 0 : 1;
}

function tellProgress(
  { frames, longestMs, heapGrowthBytes, perTarget, failures }: FuzzSummary,
  elapsedMs: number,
): void {
  const each = Object.entries(perTarget).map(([name, figures]) => `${name} ${figures.frames}`);
  console.error(
    `${Math.round(elapsedMs / 1_000)} s: ${frames} frames (${Math.round((frames / elapsedMs) * 1_000)}/s), longest ${longestMs} ms, ` +
      `heap +${Math.round(heapGrowthBytes / 1024)} KiB, ${failures.length} failures; ${each.join(', ')}`,
  );
}
