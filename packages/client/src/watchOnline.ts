import type { Disposer } from '@longline/ros';

/** What is needed of a browser's `window`, or of a worker. */
export interface OnlineEvents {
  /** Calls back whenever there is a network again. */
  addEventListener(type: 'online', listener: () => void): void;
  /** Ends that. */
  removeEventListener(type: 'online', listener: () => void): void;
}

/** Tells whenever the browser has a network again, until the disposer is called. */
export function watchOnline(events: OnlineEvents, handleOnline: () => void): Disposer {
  events.addEventListener('online', handleOnline);
  return () => events.removeEventListener('online', handleOnline);
}
