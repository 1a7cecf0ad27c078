import { defaultLimits, isCommand, isFinalState, LineError, stopRoom } from '@longline/line';
import type { LineLimits, Reply, ReplyHeader, RequestHeader } from '@longline/line';
import type { Clock } from '@longline/ros';
import type { Principal } from '../access/Principal.ts';
import { rejected } from '../commands/rejected.ts';
import type { RobotRequests } from '../commands/RobotRequests.ts';
import { ServerError } from '../errors.ts';
import { ReaderMotion } from './ReaderMotion.ts';

/** What {@link ReaderRequests} are given. */
export interface ReaderRequestsOptions {
  readonly requests: RobotRequests;
  readonly principal: Principal;
  readonly clock: Clock;
  readonly limits: Partial<LineLimits>;
  readonly reply: (header: ReplyHeader, payload?: Uint8Array) => void;
}

/** What one reader asks of robots, and hears of it. */
export class ReaderRequests {
  readonly #options: ReaderRequestsOptions;
  readonly #maxOpen: number;
  #open = 0;
  /** From the first motion frame on. */
  #motion: ReaderMotion | undefined;

  constructor(options: ReaderRequestsOptions) {
    this.#options = options;
    this.#maxOpen = options.limits.maxOpenRequests ?? defaultLimits.maxOpenRequests;
  }

  /** `payload` is valid during the call only. */
  handleRequest(request: RequestHeader, payload: Uint8Array, ageMs: number): void {
    const { id, device, action, deadlineMs, token } = request;
    const { requests, principal } = this.#options;
    if (action.kind === 'motion') {
      this.#readerMotion.handleFrame({ ...request, action }, payload, ageMs);
      return;
    }
    const answer = (reply: Reply): void => {
      if (isFinalState(reply.state, action.kind)) this.#open--;
      this.#answer(id, reply);
    };
    this.#open++;
    try {
      if (device === undefined) throw new ServerError('REQUEST_INVALID', 'A request from a reader names its device.');
      if (this.#open > this.#maxOpen + stopRoom(action)) {
        throw new LineError(
          'LIMIT_EXCEEDED',
          `${this.#maxOpen} requests are open; wait for replies before sending more`,
        );
      }
      const robotRequest = { device, action, payload, principal, ageMs, deadlineMs, token, owner: this };
      // Only commands are remembered by the ID their maker gave them.
      requests.send(isCommand(action) ? { ...robotRequest, id } : robotRequest, answer);
    } catch (error) {
      answer(rejected(id, error));
    }
  }

  /** The reader is gone: what it moved stops by its timeout, and the services that it provided end. */
  close(): void {
    this.#motion?.close();
    this.#options.requests.endOwner(this);
  }

  get #readerMotion(): ReaderMotion {
    const { requests, principal, clock, reply } = this.#options;
    return (this.#motion ??= new ReaderMotion({ requests, principal, clock, reply }));
  }

  /** Under the reader's own ID. */
  #answer(id: string, { state, code, message, encoding, call, deadlineMs, robotMs, payload }: Reply): void {
    this.#options.reply(
      {
        id,
        state,
        ...(code === undefined ? {} : { code }),
        ...(message === undefined ? {} : { message }),
        ...(encoding === undefined ? {} : { encoding }),
        ...(call === undefined ? {} : { call }),
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
        ...(robotMs === undefined ? {} : { robotMs }),
      },
      payload,
    );
  }
}
