import { isLonglineError } from '@longline/ros';
import type { Clock, Log } from '@longline/ros';
import type { ServerOp, StatusLevel } from './ServerOp.ts';

/** The same is told again after so long at the earliest, in milliseconds. */
export const SAME_STATUS_MS = 500;
/** Statuses in one second, whatever they say; those beyond are not told. */
export const MAX_STATUSES_PER_SECOND = 50;
/** Kinds of statuses whose last time is remembered. */
const MAX_REMEMBERED = 1_000;

/** What a {@link StatusTeller} is given. */
export interface StatusTellerOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly send: (op: ServerOp) => void;
}

/** Tells a reader what went wrong, each kind at most twice a second. */
export class StatusTeller {
  readonly #options: StatusTellerOptions;
  /** When each kind was told last. */
  readonly #toldMs = new Map<string, number>();
  #secondMs = Number.NEGATIVE_INFINITY;
  #toldInSecond = 0;

  constructor(options: StatusTellerOptions) {
    this.#options = options;
  }

  /** `about` is what it is about (a topic, a service): another one is told at once. */
  tell(level: StatusLevel, code: string, message: string, about = ''): void {
    const nowMs = this.#options.clock.monotonicMs();
    const kind = `${code} ${about}`;
    if (nowMs - (this.#toldMs.get(kind) ?? Number.NEGATIVE_INFINITY) < SAME_STATUS_MS) return;
    if (nowMs - this.#secondMs >= 1_000) [this.#secondMs, this.#toldInSecond] = [nowMs, 0];
    if (++this.#toldInSecond > MAX_STATUSES_PER_SECOND) return;
    if (this.#toldMs.size >= MAX_REMEMBERED) this.#toldMs.clear();
    this.#toldMs.set(kind, nowMs);
    this.#options.send({ op: 'status', level, message: `${code}: ${message}` });
  }

  /** Something that a reader asked for failed, or was refused. Returns what was told, `CODE: sentence`. */
  tellError(error: unknown, about = ''): string {
    const [code, message] = codeAndSentence(error);
    if (code === 'INTERNAL')
      this.#options.log.error({ error, about }, 'the Foxglove door failed at a reader’s request');
    this.tell(2, code, message, about);
    return `${code}: ${message}`;
  }
}

function codeAndSentence(error: unknown): readonly [code: string, sentence: string] {
  if (isLonglineError(error)) return [error.code, error.message];
  return ['INTERNAL', 'The server failed at this. Its log says why.'];
}
