import type { LineClose } from '@longline/line';

/**
 * How a connection ended, as far as the next dial is concerned: `lost`, nothing was heard any more; `broken`, the path
 * failed; `absent`, the machine is there and nobody listens, as while a server is started again; `refused`, the other side
 * answered and did not want it.
 */
export type EndKind = 'lost' | 'broken' | 'absent' | 'refused';

/** Errors that say that a packet found no way or no answer, not that somebody refused. */
const pathErrors: ReadonlySet<unknown> = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
]);
const silences: ReadonlySet<string | undefined> = new Set(['LINE_SILENT', 'HELLO_TIMEOUT']);

/** Reads it from the close, the transport's error where it told one, and whether the connection was open. */
export function endKind(close: LineClose, error: Error | undefined, wasOpen: boolean): EndKind {
  if (silences.has(close.code)) return 'lost';
  if (close.closeCode !== 1006) return 'refused';
  if (wasOpen || error === undefined || isPathError(error)) return 'broken';
  return 'code' in error && error.code === 'ECONNREFUSED' ? 'absent' : 'refused';
}

/** Whether that error says nothing about the server. */
export const isPathError = (error: Error): boolean => 'code' in error && pathErrors.has(error.code);
