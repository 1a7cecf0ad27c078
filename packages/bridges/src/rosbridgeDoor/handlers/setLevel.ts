import type { Handle } from './Handle.ts';

/** From now on nothing less grave is told. */
export const setLevel: Handle<'set_level'> = ({ statuses }, { level }) => {
  statuses.level = level;
};
