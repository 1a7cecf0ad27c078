import { RosError } from '@longline/ros';
import type { Clock, GraphStatus } from '@longline/ros';
import type { BridgeSocket, OpenBridgeSocket } from '../link/BridgeSocket.ts';
import { pause } from '../link/pause.ts';
import { Reconnector } from '../link/Reconnector.ts';
import { CallConnection } from './CallConnection.ts';
import { CallPool } from './CallPool.ts';
import type { CallBounds } from '../link/CallBounds.ts';
import type { CallConnectionOptions } from './CallConnection.ts';
import { detectRosVersion } from './detectRosVersion.ts';
import { FrameDecoder } from './FrameDecoder.ts';
import { Rosapi } from './Rosapi.ts';
import type { CallServiceOp, PublishOp } from './ServerOp.ts';

/** How long connecting may take, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;
/** How long ROS may take for the round trip that proves it alive, in milliseconds. */
export const PULSE_DEADLINE_MS = 2_000;
/** Between two such round trips, in milliseconds. */
export const PULSE_INTERVAL_MS = 2_000;
/** ... while somebody waits for news of the graph. */
export const WATCHED_INTERVAL_MS = 1_000;
/** After so many failed round trips in a row both connections are made anew. */
const MAX_MISSES = 2;

/** One run of connections to the server, from the first proof that ROS answers until they are given up. */
export interface BridgeSession {
  readonly rosVersion: 1 | 2;
  /** False where the server answers, but rosapi does not: topics with a known type can be read, nothing can be listed. */
  readonly hasRosapi: boolean;
  /** Connections for service calls, several side by side. */
  readonly calls: CallPool;
  /** A connection for quick questions that prove ROS alive; nothing slow may go here. */
  readonly pulse: Rosapi;
  /** Sends JSON text on the data connection. */
  sendText(text: string): void;
  bufferedBytes(): number;
}

export interface BridgeLinkListener {
  handleSession(session: BridgeSession | undefined): void;
  handleStatus(status: GraphStatus): void;
  handleRaw(topic: string, bytes: Uint8Array): void;
  handlePublish(publish: PublishOp): void;
  /** A service that is provided in the present session is called. */
  handleServiceCall(call: CallServiceOp): void;
  handleProblem(problem: string): void;
  /** Makes at least one round trip through ROS; rejects when ROS did not answer in time. */
  pulse(session: BridgeSession, bounds: CallBounds): Promise<void>;
  /** Whether somebody waits for news of the graph. */
  isWatched(): boolean;
}

export interface BridgeLinkOptions {
  readonly url: string;
  readonly openSocket: OpenBridgeSocket;
  readonly clock: Clock;
  /** In 0..1. */
  readonly random: () => number;
  readonly listener: BridgeLinkListener;
}

/**
 * Keeps connections to a rosbridge server: one for data, one for the proof of life, and those of a {@link CallPool}.
 *
 * A WebSocket that answers pings proves nothing, because a bridge that was told to stop goes on answering them. So ROS
 * itself is asked again and again, and everything is connected anew when it stays silent.
 */
export class BridgeLink {
  readonly #options: BridgeLinkOptions;
  readonly #reconnector: Reconnector;

  constructor(options: BridgeLinkOptions) {
    this.#options = options;
    const { clock, random, listener } = options;
    this.#reconnector = new Reconnector({
      clock,
      random,
      runSession: (closing) => this.#runSession(closing),
      handleEnd: (reason) => listener.handleStatus(disconnected(reason)),
    });
  }

  /** Idempotent; waits until nothing more will be told. */
  close(): Promise<void> {
    return this.#reconnector.close();
  }

  /** Resolves to the reason of its end, a sentence for people. */
  async #runSession(closing: AbortSignal): Promise<string> {
    const { url, openSocket, clock, listener } = this.#options;
    const opened = Promise.withResolvers<undefined>();
    const ended = Promise.withResolvers<string>();
    const decoder = new FrameDecoder({
      handleRaw: (topic, bytes) => listener.handleRaw(topic, bytes),
      handlePublish: (publish) => listener.handlePublish(publish),
      handleServiceResponse: () => undefined,
      handleServiceCall: (call) => listener.handleServiceCall(call),
      handleProblem: (problem) => listener.handleProblem(problem),
    });
    const cancelTimeout = clock.after(CONNECT_TIMEOUT_MS, () =>
      ended.resolve(`${url} did not accept the connection within ${CONNECT_TIMEOUT_MS} ms. ${CHECK_SERVER}`),
    );
    const handleClose = (): void => ended.resolve('closed');
    closing.addEventListener('abort', handleClose);
    const socket = openSocket(url, {
      handleOpen: () => {
        cancelTimeout();
        opened.resolve(undefined);
      },
      handleText: (text) => decoder.handleText(text),
      handleBinary: (data) => decoder.handleBinary(data),
      handleClosed: (reason) => ended.resolve(`The connection to ${url} ended: ${reason}. ${CHECK_SERVER}`),
    });
    const callOptions: CallConnectionOptions = {
      url,
      openSocket,
      clock,
      handleProblem: (problem) => listener.handleProblem(problem),
    };
    const pulse = new CallConnection(callOptions);
    const calls = new CallPool(callOptions);
    try {
      const failure = await Promise.race([opened.promise, ended.promise]);
      return failure ?? (await this.#serve({ socket, pulse, calls, ended: ended.promise }));
    } finally {
      cancelTimeout();
      closing.removeEventListener('abort', handleClose);
      socket.close();
      pulse.close();
      calls.close();
    }
  }

  async #serve(connections: Connections): Promise<string> {
    const { socket, pulse, calls, ended } = connections;
    const { listener } = this.#options;
    const rosapi = new Rosapi(pulse);
    const proof = await Promise.race([this.#prove(rosapi), ended]);
    if (typeof proof === 'string') return proof;
    if (proof.refused !== undefined) listener.handleStatus(disconnected(proof.refused));
    else listener.handleStatus({ state: 'connected' });
    const session: BridgeSession = {
      rosVersion: proof.rosVersion,
      hasRosapi: proof.refused === undefined,
      calls,
      pulse: rosapi,
      sendText: (text) => socket.send(text),
      bufferedBytes: () => socket.bufferedBytes(),
    };
    listener.handleSession(session);
    const given = new AbortController();
    try {
      return await Promise.race([ended, this.#watchOver(session, given.signal)]);
    } finally {
      given.abort();
      listener.handleSession(undefined);
    }
  }

  /** Resolves to a reason (a string) where ROS stays silent. */
  async #prove(rosapi: Rosapi): Promise<Proof | string> {
    try {
      return { rosVersion: await detectRosVersion(rosapi, { deadlineMs: PULSE_DEADLINE_MS }) };
    } catch (error) {
      if (isRefusal(error)) return { rosVersion: 2, refused: rosapiMissing(this.#options.url, error) };
      return silence(this.#options.url, error);
    }
  }

  /** Resolves when the session is to be given up, or never after `given` was aborted. */
  async #watchOver(session: BridgeSession, given: AbortSignal): Promise<string> {
    const { clock, listener, url } = this.#options;
    const bounds: CallBounds = { deadlineMs: PULSE_DEADLINE_MS, signal: given };
    let misses = 0;
    let isFirst = true;
    let isRefused = !session.hasRosapi;
    while (!given.aborted) {
      try {
        if (!isFirst) await pause(clock, listener.isWatched() ? WATCHED_INTERVAL_MS : PULSE_INTERVAL_MS, given);
        isFirst = false;
        if (isRefused) await session.pulse.getTime(bounds);
        else await listener.pulse(session, bounds);
        if (isRefused) return `rosapi at ${url} answers again; connecting anew.`;
        misses = 0;
      } catch (error) {
        if (++misses < MAX_MISSES) continue;
        if (!isRefusal(error)) return silence(url, error);
        // The server lives, only rosapi or the ROS master does not: topics that are being read may well go on.
        if (!isRefused) listener.handleStatus(disconnected(rosapiMissing(url, error)));
        isRefused = true;
      }
    }
    return 'given up';
  }
}

interface Connections {
  readonly socket: BridgeSocket;
  readonly pulse: CallConnection;
  readonly calls: CallPool;
  readonly ended: Promise<string>;
}

interface Proof {
  readonly rosVersion: 1 | 2;
  readonly refused?: string;
}

const CHECK_SERVER = 'Is rosbridge_server running there, and the port right?';

const isRefusal = (error: unknown): error is RosError =>
  error instanceof RosError && (error.code === 'SERVICE_UNKNOWN' || error.code === 'SERVICE_FAILED');

const disconnected = (reason: string): GraphStatus => ({ state: 'disconnected', code: 'ROS_UNREACHABLE', reason });

const rosapiMissing = (url: string, error: RosError): string =>
  `The rosbridge server at ${url} answers, but its rosapi does not (${error.message.split('\n')[0] ?? ''}). Start rosapi_node, and restart the ` +
  'bridge if ROS itself was restarted.';

const silence = (url: string, error: unknown): string =>
  `ROS behind ${url} does not answer (${error instanceof Error ? error.message : String(error)}). If this stays, restart the bridge.`;
