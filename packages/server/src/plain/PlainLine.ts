import { isStop, LineError } from '@longline/line';
import type { ClockEstimate, LineErrorCode, OutgoingRequest, PathEstimate, Reply, ReplyListener } from '@longline/line';
import { isLonglineError } from '@longline/ros';
import type { Clock, Disposer } from '@longline/ros';
import type { RobotLine } from '../fleet/DeviceState.ts';
import type { PlainContext } from './PlainContext.ts';
import { tooLate } from './plainErrors.ts';
import { handleRequest } from './requests/index.ts';

/** Requests and motion streams open at once; a further one is refused with `LIMIT_EXCEEDED`. Stops find room always. */
const MAX_OPEN = 1_000;
/** More than this that the device has not taken makes motion wait, in bytes. */
const WINDOW_BYTES = 16 * 1024;

/** Codes of what went wrong after the device was asked; all others are refusals. */
const failures: ReadonlySet<string> = new Set(['INTERNAL', 'MESSAGE_NONE', 'RESPONSE_INVALID', 'SERVICE_FAILED']);
const nothing = new Uint8Array(0);

/** What a {@link PlainLine} is given. */
export interface PlainLineOptions {
  readonly clock: Clock;
  readonly context: () => PlainContext;
  readonly bufferedBytes: () => number;
  readonly roundTripMs: () => number | undefined;
  readonly close: (code: LineErrorCode, reason: string) => void;
  /** Something went wrong on this side. */
  readonly handleFault: (what: string, error: unknown) => void;
}

/** A plain device as the fleet asks it: what an agent would see to is seen to here. */
export class PlainLine implements RobotLine {
  readonly sockets = 1;
  readonly #options: PlainLineOptions;
  readonly #open = new Map<string, ReplyListener>();
  readonly #streams = new Map<string, ReplyListener>();
  #closed = false;

  constructor(options: PlainLineOptions) {
    this.#options = options;
  }

  request(header: OutgoingRequest, payload: Uint8Array, listener: ReplyListener): void {
    this.#checkOpen();
    const { id, action } = header;
    if ((this.#open.size >= MAX_OPEN && !isStop(action)) || this.#open.has(id)) {
      throw new LineError('LIMIT_EXCEEDED', `${this.#open.size} requests are open with this device; wait for replies`);
    }
    this.#open.set(id, listener);
    const answer = (reply: Reply): void => {
      if (this.#open.get(id) !== listener) return;
      if (reply.state !== 'received') this.#open.delete(id);
      listener(reply);
    };
    const handleReceived = (): void => answer({ id, state: 'received', payload: nothing });
    this.#run(header, payload, handleReceived).then(
      (done) => answer({ id, state: 'done', ...done }),
      (error: unknown) => answer(this.#refusal(id, error)),
    );
  }

  openStream(id: string, listener: ReplyListener): Disposer {
    this.#checkOpen();
    if (this.#streams.size >= MAX_OPEN) throw new LineError('LIMIT_EXCEEDED', `${MAX_OPEN} motion streams are open`);
    this.#streams.set(id, listener);
    return () => {
      if (this.#streams.get(id) === listener) this.#streams.delete(id);
    };
  }

  motion(header: OutgoingRequest, payload: Uint8Array): void {
    this.#checkOpen();
    this.#run(header, payload, () => undefined).catch((error: unknown) => {
      this.#streams.get(header.id)?.(this.#refusal(header.id, error));
    });
  }

  /** Its messages are timed by the clock of this server. */
  clockEstimate(): ClockEstimate | undefined {
    const roundTripMs = this.#options.roundTripMs();
    return roundTripMs === undefined ? undefined : { offsetMs: 0, errorMs: 0, wallOffsetNs: 0n, roundTripMs };
  }

  get path(): PathEstimate {
    const rttMs = this.#options.roundTripMs();
    const inFlightBytes = this.#options.bufferedBytes();
    return { rttMs, lastRttMs: rttMs, bytesPerSecond: undefined, windowBytes: WINDOW_BYTES, inFlightBytes };
  }

  isLineOf(): boolean {
    return false;
  }

  addSocket(): void {
    throw new LineError('LINE_UNKNOWN', 'a plain device has one socket');
  }

  demand(): void {
    // It knows nothing of who looks.
  }

  close(code: LineErrorCode, message: string): void {
    this.#options.close(code, message);
  }

  /** The connection is over: what became of what was asked is unknown. */
  handleClosed(): void {
    this.#closed = true;
    const open = [...this.#open];
    this.#open.clear();
    this.#streams.clear();
    const message = 'the connection ended before the answer; what the device did is unknown';
    for (const [id, listener] of open)
      listener({ id, state: 'unknown', code: 'LINE_CLOSED', message, payload: nothing });
  }

  async #run(
    header: OutgoingRequest,
    payload: Uint8Array,
    handleReceived: () => void,
  ): ReturnType<typeof handleRequest> {
    const { action, ageMs, deadlineMs } = header;
    const remainingMs = deadlineMs - ageMs;
    // What makes the device stand still is never too late.
    if (remainingMs <= 0 && !isStop(action) && action.kind !== 'lease.release') throw tooLate(ageMs, deadlineMs);
    return handleRequest({ header, payload, remainingMs, handleReceived }, this.#options.context());
  }

  #refusal(id: string, error: unknown): Reply {
    if (!isLonglineError(error)) {
      this.#options.handleFault('a request to a plain device failed', error);
      const message = 'the server failed; its log says why';
      return { id, state: 'failed', code: 'INTERNAL', message, payload: nothing };
    }
    const { code, message } = error;
    return { id, state: stateOf(code), code, message, payload: nothing };
  }

  #checkOpen(): void {
    if (this.#closed) throw new LineError('LINE_CLOSED', 'the line to the device is not open');
  }
}

function stateOf(code: string): Reply['state'] {
  if (code === 'COMMAND_EXPIRED') return 'expired';
  if (code === 'REPLY_MISSING') return 'unknown';
  return failures.has(code) ? 'failed' : 'rejected';
}
