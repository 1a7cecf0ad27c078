import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Clock, Disposer } from '@longline/ros';
import { isPathError } from './endKind.ts';

/** An address that has not answered gets the next one beside it after so long, in milliseconds (RFC 8305, 5). */
export const NEXT_ADDRESS_MS = 250;

export interface ConnectFirstOptions {
  /** In the order to try them. */
  readonly addresses: readonly string[];
  readonly port: number;
  readonly clock: Clock;
  /** Gives up: every socket is destroyed. */
  readonly signal: AbortSignal;
  /** Default: TCP without delay. */
  readonly connect?: (address: string, port: number) => Socket;
}

/**
 * Connects to the first of several addresses that answers. None is given up while it is silent: the next is tried beside it
 * after 250 ms, or at once when it fails. Rejects when all have failed, with a refusal where one was among the errors.
 */
export function connectFirst(options: ConnectFirstOptions): Promise<Socket> {
  const { addresses, clock, port, signal } = options;
  const open = options.connect ?? ((address) => connect({ host: address, port, noDelay: true }));
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const waiting = [...addresses];
  const sockets = new Set<Socket>();
  let told: Error | undefined;
  let cancelNext: Disposer | undefined;

  const settle = (act: () => void, winner?: Socket): void => {
    cancelNext?.();
    signal.removeEventListener('abort', handleAbort);
    for (const socket of sockets) if (socket !== winner) socket.destroy();
    sockets.clear();
    waiting.length = 0;
    act();
  };
  const handleAbort = (): void => settle(() => reject(new Error('the dial was given up')));
  const tryNext = (): void => {
    cancelNext?.();
    const address = waiting.shift();
    if (address === undefined) {
      if (sockets.size === 0) settle(() => reject(told ?? new Error('the name has no addresses')));
      return;
    }
    const socket = open(address, port);
    sockets.add(socket);
    const handleError = (error: Error): void => {
      if (!sockets.delete(socket)) return;
      if (told === undefined || isPathError(told)) told = error;
      tryNext();
    };
    socket.on('error', handleError);
    socket.once('connect', () => {
      if (!sockets.has(socket)) return;
      settle(() => resolve(socket), socket);
      // Its next owner listens from now on; until then an error must not end the process.
      setImmediate(() => socket.off('error', handleError));
    });
    if (waiting.length > 0) cancelNext = clock.after(NEXT_ADDRESS_MS, tryNext);
  };
  if (signal.aborted) handleAbort();
  else {
    signal.addEventListener('abort', handleAbort);
    tryNext();
  }
  return promise;
}
