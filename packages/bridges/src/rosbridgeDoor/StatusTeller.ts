import { isLonglineError, stringifyExact } from '@longline/ros';
import type { Clock, Disposer } from '@longline/ros';
import type { ClientId } from './ClientOp.ts';

export type StatusLevel = 'none' | 'error' | 'warning' | 'info';

/** The same refusal about the same thing is told at most this often, in milliseconds. */
const SAME_EVERY_MS = 500;
/** Statuses in one second at most; what is beyond is counted and told in one. */
const MAX_PER_SECOND = 50;
/** Refusals whose last telling is remembered. */
const MAX_REMEMBERED = 1_000;
const MAX_TEXT_LENGTH = 1_000;

const rank: Readonly<Record<StatusLevel, number>> = { none: 0, error: 1, warning: 2, info: 3 };

/**
 * IDs that client libraries make for themselves. roslibjs and roslibpy tell a status with an ID by the event `status:ID` alone, which
 * no program knows to listen to; without it by the event `status`.
 */
const libraryId =
  /^(?:advertise|publish|subscribe|unsubscribe|unadvertise|call_service|advertise_service|\w*action\w*):/;

/** What {@link StatusTeller} is given. */
export interface StatusTellerOptions {
  readonly clock: Clock;
  readonly send: (text: string) => void;
}

/** What a status is about. */
export interface StatusSubject {
  /** The topic, service or op. */
  readonly about: string;
  /** Of the op that it answers. */
  readonly id?: ClientId | undefined;
}

/** Tells one reader what went wrong (`status`), as `CODE: sentence`, equal ones and floods of them in few words. */
export class StatusTeller {
  readonly #options: StatusTellerOptions;
  /** `set_level`: nothing less grave is told. */
  level: StatusLevel = 'warning';
  readonly #toldMs = new Map<string, number>();
  #inSecond = 0;
  #suppressed = 0;
  #cancelSecond: Disposer | undefined;

  constructor(options: StatusTellerOptions) {
    this.#options = options;
  }

  /** Something was refused or failed. */
  refuse(error: unknown, subject: StatusSubject): void {
    this.refuseWith(codeOf(error), sentenceOf(error), subject);
  }

  /** The same with the code and the sentence of somebody else's refusal. */
  refuseWith(code: string, sentence: string, subject: StatusSubject): void {
    this.#tell('error', code, sentence, subject);
  }

  /** Something that the reader should know. */
  warn(text: string, subject: StatusSubject): void {
    this.#tell('warning', undefined, text, subject);
  }

  close(): void {
    this.#cancelSecond?.();
    this.level = 'none';
  }

  #tell(level: StatusLevel, code: string | undefined, text: string, { about, id }: StatusSubject): void {
    if (rank[level] > rank[this.level]) return;
    const nowMs = this.#options.clock.monotonicMs();
    const key = `${code ?? text} ${about}`;
    const toldMs = this.#toldMs.get(key);
    if (toldMs !== undefined && nowMs - toldMs < SAME_EVERY_MS) return;
    if (++this.#inSecond > MAX_PER_SECOND) {
      this.#suppressed++;
      return;
    }
    this.#cancelSecond ??= this.#options.clock.after(1_000, () => this.#endSecond());
    this.#toldMs.delete(key);
    this.#toldMs.set(key, nowMs);
    for (const oldest of this.#toldMs.keys()) {
      if (this.#toldMs.size <= MAX_REMEMBERED) break;
      this.#toldMs.delete(oldest);
    }
    this.#send(level, code === undefined ? text : `${code}: ${text}`, id);
  }

  #endSecond(): void {
    const suppressed = this.#suppressed;
    this.#suppressed = this.#inSecond = 0;
    this.#cancelSecond = undefined;
    if (suppressed > 0) this.#send('warning', `${suppressed} more problems within a second were not told`, undefined);
  }

  #send(level: StatusLevel, msg: string, id: ClientId | undefined): void {
    const isHeard = id !== undefined && !(typeof id === 'string' && libraryId.test(id));
    const status = { op: 'status', level, msg: msg.slice(0, MAX_TEXT_LENGTH), ...(isHeard ? { id } : {}) };
    this.#options.send(stringifyExact(status));
  }
}

/** The code to tell; what has none is this program's own failure. */
export const codeOf = (error: unknown): string => (isLonglineError(error) ? error.code : 'INTERNAL');

/** The sentence to tell; what is no refusal is not for readers to read. */
export const sentenceOf = (error: unknown): string =>
  isLonglineError(error) ? error.message : 'The door failed; its log says why.';

/** `CODE: sentence`, as `values` of a failed call has it. */
export const refusalText = (error: unknown): string =>
  `${codeOf(error)}: ${sentenceOf(error)}`.slice(0, MAX_TEXT_LENGTH);
