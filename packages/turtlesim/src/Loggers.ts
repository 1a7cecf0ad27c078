import { LOG_LEVELS } from './TurtleFrame.ts';
import type { LogLevel } from './TurtleFrame.ts';

/** Severities a logger's threshold can have, by roscpp's names. */
const thresholds: ReadonlyMap<string, number> = new Map([
  ['debug', 1],
  ['info', 2],
  ['warn', 4],
  ['error', 8],
  ['fatal', 16],
]);

/** The logger that the node's own lines go through. */
const NODE_LOGGER = 'ros.turtlesim';

/** The node's loggers and their thresholds, as `~get_loggers` and `~set_logger_level` show them. */
export class Loggers {
  readonly #levels = new Map([
    ['ros', 'info'],
    ['ros.roscpp', 'info'],
    [NODE_LOGGER, 'info'],
  ]);

  get list(): { name: string; level: string }[] {
    return [...this.#levels].map(([name, level]) => ({ name, level }));
  }

  /** False for a logger or a level that there is not. Levels are taken in any case. */
  setLevel(name: string, level: string): boolean {
    const lower = level.toLowerCase();
    if (!this.#levels.has(name) || !thresholds.has(lower)) return false;
    this.#levels.set(name, lower);
    return true;
  }

  lets(level: LogLevel): boolean {
    return LOG_LEVELS[level] >= (thresholds.get(this.#levels.get(NODE_LOGGER) ?? '') ?? 0);
  }
}
