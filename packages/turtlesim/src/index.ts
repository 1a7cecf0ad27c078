export { openTurtlesim, Turtlesim } from './Turtlesim.ts';
export type { TurtlesimOptions } from './Turtlesim.ts';
export { HOLD_MS, UPDATE_SECONDS, WORLD_SIZE_M } from './Turtle.ts';
