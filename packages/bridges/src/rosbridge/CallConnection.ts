import { RosError } from '@longline/ros';
import type { Clock, Disposer } from '@longline/ros';
import type { BridgeSocket, OpenBridgeSocket } from '../link/BridgeSocket.ts';
import type { CallBounds } from '../link/CallBounds.ts';
import { FrameDecoder } from './FrameDecoder.ts';
import type { ServiceResponseOp } from './ServerOp.ts';

/** One `call_service`; `argsJson` is JSON text of an object. */
export interface BridgeCall {
  readonly service: string;
  readonly argsJson: string;
}

/** What the server answered. With `result: false`, `values` is its error text. */
export interface BridgeAnswer {
  readonly result: boolean;
  readonly values: unknown;
}

export interface CallConnectionOptions {
  readonly url: string;
  readonly openSocket: OpenBridgeSocket;
  readonly clock: Clock;
  readonly handleProblem: (problem: string) => void;
}

/** Most calls that wait for their turn on one connection; a further one is refused with `ROS_TIMEOUT`. */
export const MAX_WAITING_CALLS = 256;

interface PendingCall {
  readonly call: BridgeCall;
  readonly id: string;
  readonly endMs: number;
  readonly settle: (outcome: BridgeAnswer | Error) => void;
}

/**
 * A connection for service calls, one at a time.
 *
 * ROS 2 rosbridge runs the calls of one connection one after another, never reports a failure to the caller, and a call
 * without an answer blocks the connection for ever. So each call has its deadline here, and when one passes, or is
 * aborted, the connection is thrown away; the calls that waited behind it go on with a new one.
 */
export class CallConnection {
  readonly #options: CallConnectionOptions;
  readonly #waiting: PendingCall[] = [];
  #current: PendingCall | undefined;
  #socket: BridgeSocket | undefined;
  #isOpen = false;
  #generation = 0;
  #nextId = 0;
  #closed = false;

  constructor(options: CallConnectionOptions) {
    this.#options = options;
  }

  /** Calls under way or waiting. */
  get load(): number {
    return this.#waiting.length + (this.#current === undefined ? 0 : 1);
  }

  /** Rejects with `ROS_TIMEOUT`, `ROS_UNREACHABLE` or the signal's reason; an answer that says "failed" resolves. */
  call(call: BridgeCall, { deadlineMs, signal }: CallBounds): Promise<BridgeAnswer> {
    return new Promise((resolve, reject: (error: Error) => void) => {
      if (this.#closed) return reject(connectionEnded(this.#options.url, call, 'it was closed here'));
      if (signal?.aborted) return reject(abortReason(signal));
      if (this.#waiting.length >= MAX_WAITING_CALLS) return reject(tooManyCalls(call));
      const cancelTimer: Disposer = this.#options.clock.after(deadlineMs, () =>
        this.#giveUp(pending, timedOut(call, deadlineMs, pending !== this.#current)),
      );
      const handleAbort = (): void => {
        if (signal) this.#giveUp(pending, abortReason(signal));
      };
      const pending: PendingCall = {
        call,
        id: `call:${this.#nextId++}`,
        endMs: this.#options.clock.monotonicMs() + deadlineMs,
        settle: (outcome) => {
          cancelTimer();
          signal?.removeEventListener('abort', handleAbort);
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
        },
      };
      signal?.addEventListener('abort', handleAbort);
      this.#waiting.push(pending);
      this.#sendNext();
    });
  }

  /** Drops the connection and fails what is under way; later calls connect again. */
  reset(reason: string): void {
    this.#dropSocket();
    for (const pending of [this.#current, ...this.#waiting.splice(0)]) {
      pending?.settle(connectionEnded(this.#options.url, pending.call, reason));
    }
    this.#current = undefined;
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.reset('it was closed here');
  }

  #sendNext(): void {
    if (this.#current !== undefined || this.#waiting.length === 0) return;
    if (this.#socket === undefined) this.#connect();
    if (!this.#isOpen) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#current = next;
    const { service, argsJson } = next.call;
    // Servers since 2.2 keep to `timeout`; others ignore it.
    const timeoutS = Math.max(0.1, (next.endMs - this.#options.clock.monotonicMs()) / 1000);
    this.#socket?.send(
      `{"op":"call_service","id":${JSON.stringify(next.id)},"service":${JSON.stringify(service)},` +
        `"args":${argsJson},"timeout":${timeoutS.toFixed(1)}}`,
    );
  }

  #connect(): void {
    const generation = ++this.#generation;
    const isCurrent = (): boolean => generation === this.#generation;
    const decoder = new FrameDecoder({
      handleRaw: () => undefined,
      handlePublish: () => undefined,
      handleServiceResponse: (response) => this.#handleResponse(response),
      handleProblem: this.#options.handleProblem,
    });
    this.#socket = this.#options.openSocket(this.#options.url, {
      handleOpen: () => {
        if (!isCurrent()) return;
        this.#isOpen = true;
        this.#sendNext();
      },
      handleText: (text) => isCurrent() && decoder.handleText(text),
      handleBinary: (data) => isCurrent() && decoder.handleBinary(data),
      handleClosed: (reason) => isCurrent() && this.reset(reason),
    });
  }

  #handleResponse(response: ServiceResponseOp): void {
    const current = this.#current;
    if (current === undefined || response.id !== current.id) return;
    this.#current = undefined;
    current.settle({ result: response.result, values: response.values });
    this.#sendNext();
  }

  #giveUp(pending: PendingCall, error: Error): void {
    if (pending === this.#current) {
      this.#current = undefined;
      this.#dropSocket();
    } else {
      const index = this.#waiting.indexOf(pending);
      if (index >= 0) this.#waiting.splice(index, 1);
      // A connection that never opens is given up with its last call, so that the next one tries anew.
      if (this.#waiting.length === 0 && this.#current === undefined && !this.#isOpen) this.#dropSocket();
    }
    pending.settle(error);
    this.#sendNext();
  }

  #dropSocket(): void {
    this.#generation++;
    this.#isOpen = false;
    this.#socket?.close();
    this.#socket = undefined;
  }
}

const timedOut = (call: BridgeCall, deadlineMs: number, wasWaiting: boolean): RosError =>
  new RosError(
    'ROS_TIMEOUT',
    `${call.service} gave no answer within ${deadlineMs} ms. ` +
      (wasWaiting
        ? 'The bridge is unreachable or still at work on an earlier call; allow more time.'
        : 'rosbridge reports no errors to its clients: most likely the service needs longer, the node behind it died ' +
          "or hangs, or the bridge does not allow the service. See the bridge's log on the robot, or allow more time."),
    { details: { service: call.service, deadlineMs } },
  );

const connectionEnded = (url: string, call: BridgeCall, reason: string): RosError =>
  new RosError(
    'ROS_UNREACHABLE',
    `The connection to ${url} ended before ${call.service} answered (${reason}). Whether the call was carried out is not known.`,
    { details: { url, service: call.service, reason } },
  );

const tooManyCalls = (call: BridgeCall): RosError =>
  new RosError(
    'ROS_TIMEOUT',
    `${call.service} was not called: ${MAX_WAITING_CALLS} calls wait for this rosbridge server already. Call again later.`,
    { details: { service: call.service, limit: MAX_WAITING_CALLS } },
  );

const abortReason = (signal: AbortSignal): Error =>
  signal.reason instanceof Error ? signal.reason : new Error('Aborted', { cause: signal.reason });
