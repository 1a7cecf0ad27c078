import { RosError } from '@longline/ros';
import type { Clock, GraphStatus } from '@longline/ros';
import type { OpenBridgeSocket } from '../link/BridgeSocket.ts';
import type { CallBounds } from '../link/CallBounds.ts';
import { pause } from '../link/pause.ts';
import { PendingAnswers } from '../link/PendingAnswers.ts';
import { Reconnector } from '../link/Reconnector.ts';
import { FoxgloveDecoder } from './FoxgloveDecoder.ts';
import type { FoxgloveListener } from './FoxgloveDecoder.ts';

/** Offered both, since servers know one or the other: foxglove_bridge from 3.2 on only the first, older ones only the second. */
export const FOXGLOVE_PROTOCOLS: readonly string[] = ['foxglove.sdk.v1', 'foxglove.websocket.v1'];

/** How long connecting may take until the server has introduced itself, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 5_000;
/** How long the server may take to say what it has by itself, in milliseconds. */
const SETTLE_TIMEOUT_MS = 2_000;
/** Between two pings, in milliseconds. */
const PING_INTERVAL_MS = 2_000;
/** Without any frame or pong for so long the connection is given up, in milliseconds. */
export const SILENT_MS = 6_000;
/** Most round trips waited for at once. */
const MAX_ROUND_TRIPS = 256;

/** One connection, as its session has it. */
export interface FoxgloveWire {
  send(data: string | Uint8Array): void;
  bufferedBytes(): number;
  /** A ping and its pong: what the server sent before is here. Rejects with `ROS_TIMEOUT`, `ROS_UNREACHABLE`. */
  roundTrip(bounds: CallBounds): Promise<void>;
}

/** What is known and asked for during one connection. */
export interface FoxgloveEnd extends FoxgloveListener {
  /** Resolves when the server has introduced itself. */
  readonly welcomed: Promise<undefined>;
  /** What the server says by itself is here. */
  handleReady(): void;
  /** The connection is over; `error` is what all under way ends with. */
  handleEnd(error: RosError): void;
}

export interface FoxgloveLinkOptions {
  readonly url: string;
  readonly openSocket: OpenBridgeSocket;
  readonly clock: Clock;
  /** In 0..1. */
  readonly random: () => number;
  readonly openSession: (wire: FoxgloveWire) => FoxgloveEnd;
  readonly handleStatus: (status: GraphStatus) => void;
}

/** Keeps one connection to a Foxglove server, again after every loss; one that falls silent is a loss. */
export class FoxgloveLink {
  readonly #options: FoxgloveLinkOptions;
  readonly #reconnector: Reconnector;

  constructor(options: FoxgloveLinkOptions) {
    this.#options = options;
    const { clock, random, handleStatus } = options;
    this.#reconnector = new Reconnector({
      clock,
      random,
      runSession: (closing) => this.#runSession(closing),
      handleEnd: (reason) => handleStatus({ state: 'disconnected', code: 'ROS_UNREACHABLE', reason }),
    });
  }

  /** Idempotent; waits until nothing more will be told. */
  close(): Promise<void> {
    return this.#reconnector.close();
  }

  /** Resolves to the reason of its end, a sentence for people. */
  async #runSession(closing: AbortSignal): Promise<string> {
    const { url, openSocket, clock, openSession, handleStatus } = this.#options;
    const ended = Promise.withResolvers<string>();
    const given = new AbortController();
    const pings = new PendingAnswers<number, undefined>({ clock, what: 'round trips', limit: MAX_ROUND_TRIPS });
    let heardMs = clock.monotonicMs();
    let nextPing = 0;
    const ping = (): number => {
      const number = nextPing++ >>> 0;
      const payload = new Uint8Array(4);
      new DataView(payload.buffer).setUint32(0, number);
      socket.ping(payload);
      return number;
    };
    const session = openSession({
      send: (data) => socket.send(data),
      bufferedBytes: () => socket.bufferedBytes(),
      roundTrip: async (bounds) => {
        await pings.ask(nextPing >>> 0, bounds, ping, () => noAnswer(url, bounds.deadlineMs));
      },
    });
    const decoder = new FoxgloveDecoder(session);
    const socket = openSocket(
      url,
      {
        handleOpen: () => (heardMs = clock.monotonicMs()),
        handleText: (text) => {
          heardMs = clock.monotonicMs();
          decoder.handleText(text);
        },
        handleBinary: (data) => {
          heardMs = clock.monotonicMs();
          decoder.handleBinary(data);
        },
        handlePong: (payload) => {
          heardMs = clock.monotonicMs();
          if (payload.byteLength !== 4) return;
          const number = new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0);
          pings.settleWhere((earlier) => earlier <= number, undefined);
        },
        handleClosed: (reason) => ended.resolve(`The connection to ${url} ended: ${reason}. ${CHECK_SERVER}`),
      },
      FOXGLOVE_PROTOCOLS,
    );
    const cancelTimeout = clock.after(CONNECT_TIMEOUT_MS, () =>
      ended.resolve(`${url} did not introduce itself within ${CONNECT_TIMEOUT_MS} ms. ${CHECK_SERVER}`),
    );
    const handleClose = (): void => ended.resolve('it was closed here');
    closing.addEventListener('abort', handleClose);
    let reason = 'closed';
    try {
      reason = (await Promise.race([session.welcomed, ended.promise])) ?? '';
      if (reason !== '') return reason;
      cancelTimeout();
      const settled = pings.ask(nextPing, { deadlineMs: SETTLE_TIMEOUT_MS }, ping, () =>
        noAnswer(url, SETTLE_TIMEOUT_MS),
      );
      reason = (await Promise.race([settled.catch(() => undefined), ended.promise])) ?? '';
      if (reason !== '') return reason;
      handleStatus({ state: 'connected' });
      session.handleReady();
      const silent = this.#watchOver(given.signal, () => heardMs, ping);
      reason = await Promise.race([ended.promise, silent]);
      return reason;
    } finally {
      given.abort();
      cancelTimeout();
      closing.removeEventListener('abort', handleClose);
      socket.close();
      const error = connectionEnded(url, reason);
      pings.failAll(error);
      session.handleEnd(error);
    }
  }

  /** Resolves when nothing was heard for too long, or never of use after `given` was aborted. */
  async #watchOver(given: AbortSignal, heardMs: () => number, ping: () => void): Promise<string> {
    const { clock, url } = this.#options;
    do {
      ping();
      await pause(clock, PING_INTERVAL_MS, given);
    } while (!given.aborted && clock.monotonicMs() - heardMs() < SILENT_MS);
    return `The Foxglove server at ${url} does not answer. ${CHECK_SERVER}`;
  }
}

const CHECK_SERVER = 'Is foxglove_bridge running there, and the port right?';

const noAnswer = (url: string, deadlineMs: number): RosError =>
  new RosError('ROS_TIMEOUT', `The Foxglove server at ${url} gave no answer within ${deadlineMs} ms.`, {
    details: { url, deadlineMs },
  });

const connectionEnded = (url: string, reason: string): RosError =>
  new RosError(
    'ROS_UNREACHABLE',
    `The connection to ${url} ended before the answer came (${reason}). Whether what was asked was carried out is not known.`,
    { details: { url, reason } },
  );
