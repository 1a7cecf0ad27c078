import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { stringifyExact } from '@longline/ros';
import type { LonglineError } from '@longline/ros';

/** So long a refused peer may keep its connection open, in milliseconds. */
const CLOSE_WAIT_MS = 1_000;

/** Answers an upgrade with a plain HTTP error, whose body is that of every other error, and closes. */
export function refuseUpgrade(
  socket: Duplex,
  status: number,
  error: LonglineError,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { code, message, details } = error;
  const body = stringifyExact({ code, message, details });
  // The peer may be gone already; there is nobody to tell.
  socket.on('error', () => undefined);
  // A peer that never closes its side would keep the socket for ever.
  const cut = setTimeout(() => socket.destroy(), CLOSE_WAIT_MS).unref();
  socket.once('close', () => clearTimeout(cut));
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Connection: close',
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...(status === 401 ? ['WWW-Authenticate: Bearer'] : []),
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '',
      body,
    ].join('\r\n'),
  );
}
