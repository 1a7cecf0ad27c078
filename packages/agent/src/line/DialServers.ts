import { awayDelayMs, jittered, reconnectDelayMs } from '@longline/ros';
import type { Clock } from '@longline/ros';
import type { Dial } from './Dial.ts';
import type { EndKind } from './endKind.ts';

/** One of the servers that an agent may connect to. */
export interface DialServer {
  readonly dial: Dial;
}

/** Longest pause after the path broke, in milliseconds, before jitter: the network may be back at any time. */
const LONGEST_BROKEN_MS = 1_000;
/** A server that did not refuse is not dialled again sooner than so long after its last dial, in milliseconds. */
const LEAST_BETWEEN_MS = 500;

/** How one server has answered lately. */
class Entry implements DialServer {
  readonly dial: Dial;
  refusals = 0;
  breaks = 0;
  /** Since when nobody listens there. */
  absentMs: number | undefined;
  dialledMs = Number.NEGATIVE_INFINITY;
  notBeforeMs = Number.NEGATIVE_INFINITY;
  /** It waits for something that only a person can change, so no change of the network shortens it. */
  isHeld = false;

  constructor(dial: Dial) {
    this.dial = dial;
  }
}

/**
 * Which server is dialled next, and when: the one that worked last, then the others in turn. Each waits after its own
 * failures only, with jitter: after refusals 0.2 s doubling to 3 s until a line lasted; while nobody listens the same, but no
 * longer than 0.6 s in the first seconds and a tenth of the time later; after a broken path 0.2 s doubling to 1 s.
 */
export class DialServers {
  readonly #clock: Clock;
  readonly #random: () => number;
  /** The one that worked last comes first. */
  #entries: readonly Entry[];
  /** As in `#entries`, but who was dialled is moved behind the others. */
  #turn: readonly Entry[];

  constructor(options: { readonly dials: readonly Dial[]; readonly clock: Clock; readonly random: () => number }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#entries = this.#turn = options.dials.map((dial) => new Entry(dial));
  }

  /** From when on a server may be dialled, on the monotonic clock. */
  get dueMs(): number {
    return Math.min(...this.#entries.map(({ notBeforeMs }) => notBeforeMs));
  }

  /** The one that worked last is in turn again. */
  restartTurn(): void {
    this.#turn = this.#entries;
  }

  /** The server to dial now, which counts as dialled; undefined while all wait. */
  take(): DialServer | undefined {
    const nowMs = this.#clock.monotonicMs();
    const taken = this.#turn.find(({ notBeforeMs }) => notBeforeMs <= nowMs);
    if (taken === undefined) return undefined;
    taken.dialledMs = nowMs;
    taken.isHeld = false;
    this.#turn = [...this.#turn.filter((entry) => entry !== taken), taken];
    return taken;
  }

  /** A line to it was welcomed: it is the preferred one, and the path works. */
  handleOpened(server: DialServer): void {
    const opened = this.#entryOf(server);
    if (opened !== undefined) {
      opened.breaks = 0;
      opened.absentMs = undefined;
    }
    this.#entries = [
      ...this.#entries.filter((entry) => entry === server),
      ...this.#entries.filter((entry) => entry !== server),
    ];
  }

  /** A line to it lasted. */
  handleStable(server: DialServer): void {
    const entry = this.#entryOf(server);
    if (entry !== undefined) entry.refusals = 0;
  }

  /** A dial to it failed, or a line ended. What several dials tell at once counts once. */
  handleFailure(server: DialServer, kind: EndKind): void {
    const entry = this.#entryOf(server);
    const nowMs = this.#clock.monotonicMs();
    if (entry === undefined || entry.notBeforeMs > nowMs) return;
    const random = this.#random();
    switch (kind) {
      case 'lost':
        entry.notBeforeMs = entry.dialledMs + LEAST_BETWEEN_MS;
        break;
      case 'broken': {
        const pauseMs = Math.min(reconnectDelayMs(entry.breaks++, random), jittered(LONGEST_BROKEN_MS, random));
        entry.notBeforeMs = Math.max(nowMs + pauseMs, entry.dialledMs + LEAST_BETWEEN_MS);
        break;
      }
      case 'absent':
        entry.absentMs ??= nowMs;
        entry.notBeforeMs = nowMs + awayDelayMs(entry.refusals++, nowMs - entry.absentMs, random);
        break;
      case 'refused':
        entry.notBeforeMs = nowMs + reconnectDelayMs(entry.refusals++, random);
    }
  }

  /** The path to the one that worked broke, which says nothing for the others: it is to be dialled first. */
  waitFor(server: DialServer): void {
    const notBeforeMs = this.#entryOf(server)?.notBeforeMs ?? Number.NEGATIVE_INFINITY;
    for (const entry of this.#entries) entry.notBeforeMs = Math.max(entry.notBeforeMs, notBeforeMs);
  }

  /** Nobody dials that server, or any when none is given, for `waitMs` to twice that: only a person can change what it refuses for. */
  hold(waitMs: number, server?: DialServer): void {
    const notBeforeMs = this.#clock.monotonicMs() + jittered(2 * waitMs, this.#random());
    for (const entry of this.#entries) {
      if (server !== undefined && entry !== server) continue;
      entry.isHeld = true;
      entry.notBeforeMs = notBeforeMs;
    }
  }

  /** What only a person could change was changed. */
  release(): void {
    for (const entry of this.#entries) if (entry.isHeld) entry.notBeforeMs = Number.NEGATIVE_INFINITY;
  }

  /** The machine has another address: what was true of the path is true no more. */
  handleNetworkChange(): void {
    for (const entry of this.#entries) {
      if (entry.isHeld) continue;
      entry.notBeforeMs = Number.NEGATIVE_INFINITY;
      entry.refusals = entry.breaks = 0;
      entry.absentMs = undefined;
    }
  }

  #entryOf(server: DialServer): Entry | undefined {
    return this.#entries.find((entry) => entry === server);
  }
}
