import { machineClock } from '../machineClock.ts';
import { openGraph } from '../openGraph.ts';
import { definitionPaths } from '../robot/definitionPaths.ts';
import { runDeadman } from './runDeadman.ts';

/** The deadman's process; an agent forks it ({@link DeadmanProcess}). */
runDeadman(({ robot, rosHost }, log) =>
  openGraph(robot, { clock: machineClock, log, rosHost, definitionPaths: definitionPaths(process.env) }),
);
