import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { stringifyExact } from '@longline/ros';
import type { LonglineError } from '@longline/ros';

/** Answers an upgrade with a plain HTTP error, whose body is that of every other error, and closes. */
export function refuseUpgrade(socket: Duplex, status: number, error: LonglineError): void {
  const { code, message, details } = error;
  const body = stringifyExact({ code, message, details });
  // The peer may be gone already; there is nobody to tell.
  socket.on('error', () => undefined);
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Connection: close',
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}
