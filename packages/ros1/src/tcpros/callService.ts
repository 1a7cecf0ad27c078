import { connect } from 'node:net';
import { RosError } from '@longline/ros';
import { decodeConnectionHeader, encodeConnectionHeader, MAX_HEADER_BYTES } from './connectionHeader.ts';
import type { ConnectionHeader } from './connectionHeader.ts';
import { FrameReader } from './FrameReader.ts';

/** Largest service response accepted, in bytes. */
export const MAX_SERVICE_RESPONSE_BYTES = 64 * 1024 * 1024;

export interface ServiceAddress {
  readonly service: string;
  /** As the master's lookupService gives it: `rosrpc://host:port`. */
  readonly uri: string;
  readonly callerId: string;
}

/** Asks a service for its type and sum without calling it. Rejects like {@link callService}. */
export async function probeService(
  address: ServiceAddress,
  signal: AbortSignal,
): Promise<{ type: string; md5: string }> {
  const opening = encodeConnectionHeader([...headerFields(address, '*'), ['probe', '1']]);
  const { header } = await exchange(address, opening, undefined, signal);
  return { type: header.get('type') ?? '', md5: header.get('md5sum') ?? '' };
}

/**
 * Calls a service once, on a connection of its own; `md5` is the sum of the type that the request was made for, or `*`.
 * Rejects with `SERVICE_FAILED` and the robot's words, `SERVICE_UNKNOWN` when its node cannot be reached, and the signal's reason.
 */
export async function callService(
  address: ServiceAddress,
  md5: string,
  request: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(request.byteLength);
  const header = encodeConnectionHeader(headerFields(address, md5));
  const { ok, data } = await exchange(address, header, Buffer.concat([length, request]), signal);
  if (ok) return data;
  const words = Buffer.from(data).toString('utf8');
  throw new RosError('SERVICE_FAILED', `${address.service} failed: ${words}`, {
    details: { service: address.service, words },
  });
}

function headerFields(address: ServiceAddress, md5: string): readonly (readonly [string, string])[] {
  return [
    ['callerid', address.callerId],
    ['service', address.service],
    ['md5sum', md5],
    ['type', '*'],
    ['persistent', '0'],
  ];
}

interface ServiceReply {
  readonly header: ConnectionHeader;
  readonly ok: boolean;
  readonly data: Uint8Array;
}

/** Reads what a service sends: its header, then a byte that is 1 for success and 0 for failure, then a frame. */
class ServiceReplyReader {
  readonly #frames = new FrameReader(MAX_HEADER_BYTES);
  #header: ConnectionHeader | undefined;
  #ok: boolean | undefined;

  get header(): ConnectionHeader | undefined {
    return this.#header;
  }

  /** Returns the reply once it is complete. Throws `RangeError` for garbage. */
  push(chunk: Uint8Array): ServiceReply | undefined {
    let rest = chunk;
    if (this.#header === undefined) {
      rest = this.#frames.push(rest, (frame) => {
        this.#header = decodeConnectionHeader(frame);
        return false;
      });
      this.#frames.maxFrameBytes = MAX_SERVICE_RESPONSE_BYTES;
    }
    const header = this.#header;
    if (header === undefined || rest.byteLength === 0) return undefined;
    if (this.#ok === undefined) {
      this.#ok = rest[0] === 1;
      rest = rest.subarray(1);
    }
    let reply: ServiceReply | undefined;
    const ok = this.#ok;
    this.#frames.push(rest, (data) => {
      reply = { header, ok, data };
      return false;
    });
    return reply;
  }
}

/**
 * Sends `opening` and takes the service's header; then, where there is a request, sends that and takes the answer. The
 * request must not come before the header was answered: rospy would lose it.
 */
async function exchange(
  address: ServiceAddress,
  opening: Uint8Array,
  request: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<ServiceReply> {
  signal.throwIfAborted();
  const { service, uri } = address;
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url?.protocol !== 'rosrpc:') {
    throw new RosError('SERVICE_UNKNOWN', `The master gives "${uri.slice(0, 200)}" as the address of ${service}.`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, port: Number(url.port) });
  const reader = new ServiceReplyReader();
  const abort = (): void => void socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await new Promise<ServiceReply>((resolve, reject) => {
      const fail = (reason: string, cause?: unknown): void => {
        // A node that never answered is most likely gone; one that did has failed at this call.
        const code = reader.header === undefined ? 'SERVICE_UNKNOWN' : 'SERVICE_FAILED';
        reject(new RosError(code, `${service} at ${uri}: ${reason}`, { cause, details: { service, uri } }));
      };
      socket.setNoDelay(true);
      socket.write(opening);
      socket.on('error', (error) => fail(`${error.message}. Is its node running?`, error));
      socket.on('close', () => fail('its node closed the connection without an answer'));
      socket.on('data', (chunk) => {
        try {
          const isFirst = reader.header === undefined;
          const reply = reader.push(chunk);
          if (reader.header === undefined) return;
          const error = reader.header.get('error');
          if (error !== undefined) fail(error);
          else if (reply !== undefined) resolve(reply);
          else if (request === undefined) resolve({ header: reader.header, ok: true, data: new Uint8Array(0) });
          else if (isFirst) socket.write(request);
        } catch (error) {
          fail(error instanceof Error ? error.message : String(error), error);
        }
      });
    });
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroy();
  }
}
