import { statSync } from 'node:fs';
import type { Clock, Disposer } from '@longline/ros';
import type { Logger } from 'pino';
import { readTlsPair } from './readTlsPair.ts';
import type { TlsPair, TlsPaths } from './readTlsPair.ts';

/** The files are looked at this often, in milliseconds: who renews a certificate replaces them, and tells nobody. */
const LOOK_EVERY_MS = 10_000;
/** A certificate that ends sooner than this is spoken of once a day, in milliseconds. */
const WARN_BEFORE_MS = 14 * 86_400_000;
const DAY_MS = 86_400_000;

/** The certificate and key in two files, taken anew when they change. A bad new pair leaves the one before in use. */
export class TlsFiles {
  readonly #paths: TlsPaths;
  readonly #clock: Clock;
  readonly #log: Logger;
  #pair: TlsPair;
  #seen: string;
  #warnedMs = Number.NEGATIVE_INFINITY;
  #apply: (pair: TlsPair) => void = () => undefined;
  #stopLooking: Disposer = () => undefined;

  /** Throws `TLS_UNUSABLE`. */
  constructor(paths: TlsPaths, { clock, log }: { readonly clock: Clock; readonly log: Logger }) {
    this.#paths = paths;
    this.#clock = clock;
    this.#log = log;
    this.#seen = this.#look();
    this.#pair = readTlsPair(paths, this.#wallMs());
    this.#remark();
  }

  /** The pair in use. */
  get pair(): TlsPair {
    return this.#pair;
  }

  /** Whether the certificate is for that name. */
  certifies(name: string): boolean {
    return this.#pair.certificate.checkHost(name) !== undefined;
  }

  /** Begins to look after the files; `apply` is given every new pair. */
  start(apply: (pair: TlsPair) => void): void {
    this.#apply = apply;
    this.#lookLater();
  }

  /** Takes the files anew, changed or not. */
  reload(): void {
    this.#seen = this.#look();
    try {
      const pair = readTlsPair(this.#paths, this.#wallMs());
      this.#apply(pair);
      this.#pair = pair;
    } catch (error) {
      this.#log.error({ err: error }, 'the new TLS files cannot be used; the server goes on with the pair before');
      return;
    }
    this.#warnedMs = Number.NEGATIVE_INFINITY;
    this.#log.info({ until: new Date(this.#pair.expiresMs).toISOString() }, 'TLS certificate taken anew');
    this.#remark();
  }

  stop(): void {
    this.#stopLooking();
  }

  #lookLater(): void {
    this.#stopLooking = this.#clock.after(LOOK_EVERY_MS, () => {
      if (this.#look() !== this.#seen) this.reload();
      else this.#remark();
      this.#lookLater();
    });
  }

  /** What tells these files from others; follows links. */
  #look(): string {
    return [this.#paths.cert, this.#paths.key].map(fileMark).join();
  }

  /** Says at most once a day what should be mended. */
  #remark(): void {
    const nowMs = this.#wallMs();
    if (nowMs - this.#warnedMs < DAY_MS) return;
    const { expiresMs, keyIsOpen } = this.#pair;
    const { cert, key } = this.#paths;
    if (expiresMs - nowMs < WARN_BEFORE_MS) {
      const daysLeft = Math.floor((expiresMs - nowMs) / DAY_MS);
      this.#warnedMs = nowMs;
      if (daysLeft < 0) this.#log.error({ cert }, 'the TLS certificate has ended: nobody connects any more; renew it');
      else this.#log.warn({ cert, daysLeft }, 'the TLS certificate ends soon; renew it');
    }
    if (keyIsOpen) {
      this.#warnedMs = nowMs;
      this.#log.warn({ key }, 'every user of this machine can read the TLS key: chmod o= on it');
    }
  }

  #wallMs(): number {
    return Number(this.#clock.wallNs() / 1_000_000n);
  }
}

function fileMark(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 'none' : `${stat.ino}:${stat.mtimeMs}:${stat.size}`;
}
