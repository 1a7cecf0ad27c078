// Longline on a thin, lossy, failing link beside a bare `ws` sender: a robot that publishes more images than the link
// carries, a reader that sends Twist, an outage. `--peer mosquitto` adds MQTT, `--peer all` everything else that is
// there. Prints a table and, as its last line, one JSON object. Needs root (network namespaces, TUN devices).
import { parseArgs } from 'node:util';
import { missingForLink } from './netem/missingForLink.ts';
import { figuresLine } from './thinLink/figuresLine.ts';
import { measureSystem } from './thinLink/measureSystem.ts';
import type { SystemFigures } from './thinLink/measureSystem.ts';
import { medianFigures } from './thinLink/medianFigures.ts';
import { peersOf } from './thinLink/systems.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** 15 s measured, 5 s of outage, 10 s after it, instead of 60, 20 and 40. */
    quick: { type: 'boolean', default: false },
    /** Seconds of the measured part, of the outage, and after it. */
    seconds: { type: 'string' },
    outage: { type: 'string' },
    recovery: { type: 'string' },
    /** Runs of each system; the figures are their medians. */
    runs: { type: 'string', default: '1' },
    /** Share of packets lost at random in each direction, in per cent. */
    loss: { type: 'string', default: '0.5' },
    /** Also measured, besides `ws`: a name, or `all`. */
    peer: { type: 'string', multiple: true, default: [] },
  },
});
const say = (line: string): void => (flags.json ? console.error(line) : console.log(line));

const shape = {
  upBitsPerSecond: 5_000_000,
  downBitsPerSecond: 20_000_000,
  delayMs: 30,
  loss: Number(flags.loss) / 100,
  queueMs: 300,
};
const schedule = {
  seconds: Number(flags.seconds ?? (flags.quick ? 15 : 60)),
  outageSeconds: Number(flags.outage ?? (flags.quick ? 5 : 20)),
  recoverySeconds: Number(flags.recovery ?? (flags.quick ? 10 : 40)),
};

const missing = missingForLink();
if (missing !== undefined) {
  console.error(`longline: ${missing}.`);
  process.exit(1);
}
const runs = new Map<string, SystemFigures[]>();
for (let run = 1; run <= Number(flags.runs); run++) {
  for (const system of ['longline', ...peersOf(flags.peer)]) {
    const figures = await measureSystem(system, shape, schedule, run, (line) => console.error(`[run ${run}] ${line}`));
    console.error(`[run ${run}] ${figuresLine(system, figures)}`);
    runs.set(system, [...(runs.get(system) ?? []), figures]);
  }
}
const medians = Object.fromEntries([...runs].map(([system, figures]) => [system, medianFigures(figures)]));
for (const [system, figures] of Object.entries(medians)) say(figuresLine(system, figures));
const { longline, ...peers } = medians;
if (longline === undefined) throw new Error('nothing was measured');
console.log(
  JSON.stringify({ bench: 'thin-link', link: shape, schedule, runs: Number(flags.runs), ...longline, peers }),
);
