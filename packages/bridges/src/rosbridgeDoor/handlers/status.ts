import type { Handle } from './Handle.ts';

/** What a client reports is for the log. */
export const status: Handle<'status'> = ({ log }, { level, msg }) => {
  log.debug({ level, msg: String(msg).slice(0, 200) }, 'a rosbridge client reports');
};
