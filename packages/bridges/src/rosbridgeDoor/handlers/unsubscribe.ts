import type { Handle } from './Handle.ts';

export const unsubscribe: Handle<'unsubscribe'> = ({ subscriptions }, op) => subscriptions.unsubscribe(op.topic, op.id);
