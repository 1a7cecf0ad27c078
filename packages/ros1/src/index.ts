export { openRos1 } from './openRos1.ts';
export type { Ros1Options } from './openRos1.ts';
