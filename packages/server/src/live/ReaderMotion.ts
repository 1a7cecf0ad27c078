import type { ReplyHeader, RequestHeader } from '@longline/line';
import { isLonglineError } from '@longline/ros';
import type { Clock } from '@longline/ros';
import type { RobotRequests } from '../commands/RobotRequests.ts';
import { ServerError } from '../errors.ts';
import type { MotionFrame } from '../motion/MotionFrame.ts';
import type { MotionRefusal, MotionStream } from '../motion/MotionStream.ts';
import { RefusalLimit } from '../motion/RefusalLimit.ts';
import type { Principal } from '../access/Principal.ts';

/** Streams of one reader; with one more the oldest ends, whose next frame opens it anew. */
const MAX_STREAMS = 100;

/** What {@link ReaderMotion} is given. */
export interface ReaderMotionOptions {
  readonly requests: Pick<RobotRequests, 'openMotion'>;
  readonly principal: Principal;
  readonly clock: Clock;
  readonly reply: (header: ReplyHeader) => void;
}

/** The motion streams of one reader, by the ID that all frames of a stream have (clause 5.10). Only refusals are answered. */
export class ReaderMotion {
  readonly #options: ReaderMotionOptions;
  readonly #streams = new Map<string, MotionStream>();
  /** Of frames that no stream could be opened for. */
  readonly #told: RefusalLimit;

  constructor(options: ReaderMotionOptions) {
    this.#options = options;
    this.#told = new RefusalLimit(options.clock);
  }

  /** `payload` is valid during the call only. */
  handleFrame(
    header: RequestHeader & { readonly action: MotionFrame['action'] },
    payload: Uint8Array,
    ageMs: number,
  ): void {
    const { id, action, deadlineMs, sequence } = header;
    try {
      this.#stream(header).send({ action, payload, ageMs, deadlineMs, sequence });
    } catch (error) {
      if (!isLonglineError(error)) throw error;
      const code = error.code;
      if (this.#told.allows(code)) this.#reply(id, { state: 'rejected', code, message: error.message });
    }
  }

  /** The reader is gone: its streams end, and what they moved stops by its timeout. */
  close(): void {
    for (const stream of this.#streams.values()) stream.close();
    this.#streams.clear();
  }

  #stream({ id, device, token }: RequestHeader): MotionStream {
    if (device === undefined) throw new ServerError('REQUEST_INVALID', 'A request from a reader names its device.');
    const open = this.#streams.get(id);
    if (open?.lease.identity.token === token && open.lease.identity.device === device) return open;
    const { requests, principal } = this.#options;
    const handleRefusal = (refusal: MotionRefusal): void => this.#reply(id, refusal);
    const stream = requests.openMotion({ device, token, principal, handleRefusal });
    open?.close();
    this.#streams.delete(id);
    this.#streams.set(id, stream);
    const [oldest] = this.#streams;
    if (this.#streams.size > MAX_STREAMS && oldest !== undefined) {
      oldest[1].close();
      this.#streams.delete(oldest[0]);
    }
    return stream;
  }

  #reply(id: string, { state, code, message, robotMs }: MotionRefusal): void {
    const said = message === undefined ? {} : { message };
    this.#options.reply({ id, state, code, ...said, ...(robotMs === undefined ? {} : { robotMs }) });
  }
}
