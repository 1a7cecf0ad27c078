import type { Disposer } from '@longline/ros';

/** What is needed of a browser's `document`. */
export interface VisibilityDocument {
  readonly visibilityState: string;
  /** Calls back whenever the page was hidden or shown. */
  addEventListener(type: 'visibilitychange', listener: () => void): void;
  /** Ends that. */
  removeEventListener(type: 'visibilitychange', listener: () => void): void;
}

/** Tells whether a page is hidden, now and at every change, until the disposer is called. */
export function watchHidden(document: VisibilityDocument, handleHidden: (hidden: boolean) => void): Disposer {
  const tell = (): void => handleHidden(document.visibilityState === 'hidden');
  document.addEventListener('visibilitychange', tell);
  tell();
  return () => document.removeEventListener('visibilitychange', tell);
}
