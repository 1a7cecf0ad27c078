// What a line does when its link fails: short flaps, a connection that is half open for a minute, a server that is killed
// and started again, a robot whose address changes. Prints a table and, as its last line, one JSON object. Needs root
// (network namespaces, TUN devices).
import { parseArgs } from 'node:util';
import { failureFigures } from './failures/FailureFigures.ts';
import type { Failure, FailureFigures } from './failures/FailureFigures.ts';
import { missingForLink } from './netem/missingForLink.ts';
import { quantile } from './thinLink/figures.ts';
import { sharedNowMs } from './thinLink/sharedClock.ts';
import { Station } from './thinLink/Station.ts';
import { waitMs } from './thinLink/waitMs.ts';
import { seededRandom } from './wire/random.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** 10 flaps and 15 s of half-open connection instead of 100 and 60 s. */
    quick: { type: 'boolean', default: false },
    flaps: { type: 'string' },
    seed: { type: 'string', default: '1' },
    /** Another system of the thin-link bench. */
    system: { type: 'string', default: 'longline' },
  },
});
const say = (line: string): void => (flags.json ? console.error(line) : console.log(line));
const flapCount = Number(flags.flaps ?? (flags.quick ? 10 : 100));
const halfOpenMs = flags.quick ? 15_000 : 60_000;
const recoveryMs = flags.quick ? 10_000 : 40_000;

const SHAPE = { upBitsPerSecond: 5_000_000, downBitsPerSecond: 20_000_000, delayMs: 30, loss: 0.005, queueMs: 300 };
const [SHORTEST_FLAP_MS, LONGEST_FLAP_MS] = [100, 10_000];
/** Between two flaps: as long as a line needs to come back, and not in step with its timers. */
const [SHORTEST_GAP_MS, LONGEST_GAP_MS] = [2_500, 4_000];
const LEAD_IN_MS = 3_000;
const SERVER_AWAY_MS = 2_000;
const NEW_ROBOT_ADDRESS = '10.78.0.3';

const missing = missingForLink();
if (missing !== undefined) {
  console.error(`longline: ${missing}.`);
  process.exit(1);
}

type Kind = 'flap' | 'halfOpen' | 'serverRestart' | 'addressChange';
const failures: { readonly kind: Kind; readonly failure: Failure; readonly reconnects: number }[] = [];
const random = seededRandom(Number(flags.seed));
const station = await Station.open(flags.system, SHAPE, Number(flags.seed));
const { link } = station;

/** Does something that ends with everything able to pass again, and gives the line time to recover. */
async function fail(kind: Kind, forMs: number, cause: () => Promise<void>): Promise<void> {
  const before = await station.connections();
  const fromMs = sharedNowMs();
  await cause();
  const toMs = sharedNowMs();
  await waitMs(forMs);
  const failure = { outage: { fromMs, toMs }, recovery: { fromMs: toMs, toMs: sharedNowMs() } };
  failures.push({ kind, failure, reconnects: (await station.connections()) - before });
}

const cut = async (durationMs: number): Promise<void> => {
  await link.down();
  await waitMs(durationMs);
  await link.up();
};

interface KindFigures extends FailureFigures {
  readonly reconnects: number;
}

try {
  await waitMs(LEAD_IN_MS);
  for (let flap = 1; flap <= flapCount; flap++) {
    if (flap % 10 === 0) console.error(`flap ${flap} of ${flapCount} ...`);
    // As many between 0.1 and 1 s as between 1 and 10 s.
    const durationMs = SHORTEST_FLAP_MS * (LONGEST_FLAP_MS / SHORTEST_FLAP_MS) ** random.uniform();
    const gapMs = SHORTEST_GAP_MS + (LONGEST_GAP_MS - SHORTEST_GAP_MS) * random.uniform();
    await fail('flap', gapMs, () => cut(durationMs));
  }
  console.error(`half open for ${halfOpenMs / 1000} s ...`);
  await fail('halfOpen', recoveryMs, () => cut(halfOpenMs));
  console.error('the server is killed and started again ...');
  await fail('serverRestart', recoveryMs, () => station.restartServer(SERVER_AWAY_MS));
  console.error("the robot's address changes ...");
  await fail('addressChange', recoveryMs, () => {
    link.changeRobotAddress(NEW_ROBOT_ADDRESS);
    return Promise.resolve();
  });

  const { robot, reader } = await station.report();
  const figures = failures.map(({ kind, failure, reconnects }) => ({
    kind,
    figures: { ...failureFigures(failure, robot, reader), reconnects } satisfies KindFigures,
  }));
  const of = (kind: Kind): KindFigures[] => figures.filter((each) => each.kind === kind).map((each) => each.figures);
  const flaps = of('flap');
  const fresh = flaps.map(({ freshAfterMs }) => freshAfterMs ?? Number.POSITIVE_INFINITY);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const finite = (value: number | null): number | null => (value === Number.POSITIVE_INFINITY ? null : value);
  const summary = {
    bench: 'failures',
    system: flags.system,
    seed: Number(flags.seed),
    flaps: {
      count: flaps.length,
      freshAfterP50Ms: finite(quantile(fresh, 0.5)),
      freshAfterP90Ms: finite(quantile(fresh, 0.9)),
      freshAfterMaxMs: finite(quantile(fresh, 1)),
      notWithin1s: fresh.filter((value) => value > 1_000).length,
      staleCommands: sum(flaps.map(({ staleCommands }) => staleCommands)),
      commandsInTime: sum(flaps.map(({ commandsInTime }) => commandsInTime)),
      lateCommands: sum(flaps.map(({ lateCommands }) => lateCommands)),
      reconnects: sum(flaps.map(({ reconnects }) => reconnects)),
    },
    eachFlap: flaps,
    halfOpen: of('halfOpen')[0],
    serverRestart: of('serverRestart')[0],
    addressChange: of('addressChange')[0],
    // A flap that finds no fresh data before the next one is not yet a case for a human.
    humanNeeded: figures.some((each) => each.kind !== 'flap' && each.figures.humanNeeded),
  };
  for (const kind of ['flaps', 'halfOpen', 'serverRestart', 'addressChange'] as const) {
    say(`${kind}: ${JSON.stringify(summary[kind])}`);
  }
  console.log(JSON.stringify(summary));
} finally {
  await station.close();
}
