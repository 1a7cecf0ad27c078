import type { Handle } from './Handle.ts';

/** An intention: it waits for topics that do not exist yet (PROTOCOLS 1.5, without its silence). */
export const subscribe: Handle<'subscribe'> = ({ subscriptions }, op) => subscriptions.subscribe(op);
