import type { Clock, Disposer } from '@longline/ros';
import type { DialAttempt } from './DialAttempt.ts';
import type { DialServer, DialServers } from './DialServers.ts';

/** A dial that is not answered gets another beside it after so long, in milliseconds. */
const OVERLAP_MS = 500;
/** Most dials under way at once. */
export const MAX_DIALS = 6;
/** A dial that was answered, but is not welcomed yet, has so long before another starts, doubling to the second, in milliseconds. */
export const PATIENCE_MS = 500;
const MOST_PATIENCE_MS = 4_000;
/** Who greeted has so long to be welcomed before the next may greet, doubling to the second, in milliseconds. */
const GREETING_MS = 500;
const MOST_GREETING_MS = 8_000;

/**
 * Dials until one connection is welcomed, which is then somebody else's; the others are dropped.
 *
 * - An unanswered dial does not stop and is not stopped: another starts beside it every 0.5 s, so when a dead link comes
 *   back, the line is open a handshake and 0.5 s later at most, not when TCP sends its first packet again. A dial that was
 *   answered gets longer, since others beside it would only take what a slow link carries.
 * - Of more than 6 the oldest and the one that greeted stay, for a path of long round trips; the second oldest is dropped.
 * - **Only one says its hello.** A server takes a second hello of a device as its newer line and closes the first. So who is
 *   connected while another waits for its welcome is held: it greets when that one failed, or has been silent for 0.5 s (longer
 *   where it took longer to be connected, and each time), and only after that one was dropped with all it still had to send.
 */
export class DialRace {
  readonly #clock: Clock;
  readonly #servers: DialServers;
  readonly #makeAttempt: (server: DialServer) => DialAttempt;
  readonly #handleSuperseded: () => void;
  #attempts: readonly DialAttempt[] = [];
  #greeter: DialAttempt | undefined;
  #running = false;
  #dialledMs = Number.NEGATIVE_INFINITY;
  #patienceMs = PATIENCE_MS;
  #greetingMs = GREETING_MS;
  #cancelDial: Disposer | undefined;
  #cancelGreeting: Disposer | undefined;

  constructor(options: {
    readonly clock: Clock;
    readonly servers: DialServers;
    readonly makeAttempt: (server: DialServer) => DialAttempt;
    /** One that had greeted was dropped for the next: its hello may still come to the server. */
    readonly handleSuperseded: () => void;
  }) {
    this.#clock = options.clock;
    this.#servers = options.servers;
    this.#makeAttempt = options.makeAttempt;
    this.#handleSuperseded = options.handleSuperseded;
  }

  /** Dials under way. */
  get size(): number {
    return this.#attempts.length;
  }

  /** Begins, when a server may be dialled. */
  start(): void {
    this.#running = true;
    this.#patienceMs = PATIENCE_MS;
    this.#greetingMs = GREETING_MS;
    this.#servers.restartTurn();
    this.#schedule();
  }

  /** Ends it; all are dropped but the winner. Idempotent. */
  stop(winner?: DialAttempt): void {
    this.#running = false;
    this.#cancelDial?.();
    this.#cancelGreeting?.();
    this.#greeter = undefined;
    const attempts = this.#attempts;
    this.#attempts = [];
    for (const attempt of attempts) if (attempt !== winner) attempt.abandon();
  }

  /** Addresses of this machine are gone, or came: what leaves from one that is gone is dropped, and another dial starts at once. */
  handleNetworkChange(gone: ReadonlySet<string>): void {
    if (!this.#running) return;
    for (const attempt of this.#attempts) attempt.handleNetworkChange(gone);
    this.#patienceMs = PATIENCE_MS;
    this.#dial();
  }

  handleProgress(): void {
    this.#schedule();
  }

  handleOpened(attempt: DialAttempt): void {
    if (this.#greeter === undefined) this.#greet(attempt);
    else this.#scheduleGreeting();
    this.#schedule();
  }

  handleEnded(ended: DialAttempt): void {
    this.#attempts = this.#attempts.filter((attempt) => attempt !== ended);
    if (this.#greeter === ended) {
      this.#greeter = undefined;
      this.#greetNext();
    }
    this.#schedule();
  }

  #schedule(): void {
    this.#cancelDial?.();
    this.#cancelDial = undefined;
    if (!this.#running) return;
    let dueMs = this.#servers.dueMs;
    if (this.#attempts.length > 0)
      dueMs = Math.max(dueMs, this.#dialledMs + OVERLAP_MS, this.#answeredMs + this.#patienceMs);
    this.#cancelDial = this.#clock.after(Math.max(0, dueMs - this.#clock.monotonicMs()), () => this.#dial());
  }

  /** When one of those under way was last answered. */
  get #answeredMs(): number {
    return Math.max(...this.#attempts.map(({ progressMs = Number.NEGATIVE_INFINITY }) => progressMs));
  }

  #dial(): void {
    const server = this.#servers.take();
    if (server !== undefined) {
      if (Number.isFinite(this.#answeredMs)) this.#patienceMs = Math.min(2 * this.#patienceMs, MOST_PATIENCE_MS);
      this.#makeRoom();
      this.#dialledMs = this.#clock.monotonicMs();
      const attempt = this.#makeAttempt(server);
      this.#attempts = [...this.#attempts, attempt];
      attempt.start();
    }
    this.#schedule();
  }

  #makeRoom(): void {
    if (this.#attempts.length < MAX_DIALS) return;
    const dropped = this.#attempts.slice(1).find((attempt) => attempt !== this.#greeter);
    this.#attempts = this.#attempts.filter((attempt) => attempt !== dropped);
    dropped?.abandon();
  }

  #greet(attempt: DialAttempt): void {
    this.#greeter = attempt;
    attempt.greet();
    this.#scheduleGreeting();
  }

  /** The newest of those held says most about the path as it is now. */
  #greetNext(): void {
    const next = this.#attempts.findLast(({ stage }) => stage === 'held');
    if (next !== undefined) this.#greet(next);
  }

  #scheduleGreeting(): void {
    this.#cancelGreeting?.();
    const greeter = this.#greeter;
    if (greeter?.greetedMs === undefined || !this.#attempts.some(({ stage }) => stage === 'held')) return;
    const dueMs = greeter.greetedMs + Math.max(this.#greetingMs, greeter.openingMs);
    this.#cancelGreeting = this.#clock.after(Math.max(0, dueMs - this.#clock.monotonicMs()), () =>
      this.#supersede(greeter),
    );
  }

  #supersede(greeter: DialAttempt): void {
    if (this.#greeter !== greeter) return;
    this.#greetingMs = Math.min(2 * this.#greetingMs, MOST_GREETING_MS);
    this.#attempts = this.#attempts.filter((attempt) => attempt !== greeter);
    greeter.abandon();
    this.#handleSuperseded();
    this.#greeter = undefined;
    this.#greetNext();
  }
}
