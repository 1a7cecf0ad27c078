import type { AgentEnd, LineClose, Transport, Welcome } from '@longline/line';
import { STABLE_CONNECTION_MS } from '@longline/ros';
import type { Clock, Log } from '@longline/ros';
import { AddressWatch } from './AddressWatch.ts';
import { closeAdvice } from './closeAdvice.ts';
import { CredentialWatch } from './CredentialWatch.ts';
import type { Dial } from './Dial.ts';
import { DialAttempt } from './DialAttempt.ts';
import type { LineEvents } from './DialAttempt.ts';
import { DialRace } from './DialRace.ts';
import { DialServers } from './DialServers.ts';
import type { DialServer } from './DialServers.ts';
import { endKind } from './endKind.ts';
import { ExtraSockets } from './ExtraSockets.ts';

/** How the line is now. */
export type LineState =
  | { readonly state: 'connecting' }
  | { readonly state: 'open'; readonly server: string; readonly epoch: number }
  | { readonly state: 'waiting'; readonly code: string; readonly reason: string }
  | { readonly state: 'stopped' };

/** The same refusal is told again at most this often, in milliseconds. */
const REPEAT_LOG_MS = 60_000;
/** For so long a connection that this agent gave up may still take the line at the server, in milliseconds. */
const OWN_DOING_MS = 15_000;
/** Which excuses one lost line in so many milliseconds, lest two agents with one ID on bad links take it from each other fast. */
const OWN_DOING_EVERY_MS = 60_000;

/** Close code of refusals for want of credentials. */
const CREDENTIALS_REFUSED = 4401;

/** What holds a line is made of. */
export interface LineConnectorOptions {
  /** One for each server, the preferred first; at least one. */
  readonly dials: readonly Dial[];
  readonly clock: Clock;
  readonly log: Log;
  /** Gives 0 to 1. */
  readonly random: () => number;
  /** This machine's addresses, looked at twice a second. Default: none are known. */
  readonly localAddresses?: () => readonly string[];
  /** Another one whenever the robot's credentials are others, which ends the wait after a refusal for want of them. Default: they never are. */
  readonly credentialStamp?: (() => string) | undefined;
  /** Makes the line's end on a connection that may greet. */
  readonly makeEnd: (transport: Transport, events: LineEvents) => AgentEnd;
  readonly handleOpen: (end: AgentEnd, welcome: Welcome) => void;
  /** An open line ended. */
  readonly handleClosed: () => void;
}

/**
 * Holds one line to the first of several servers that welcomes it: connects ({@link DialRace} says how), connects again when
 * it ends, and never gives up until stopped. A line that is silent, or whose local address is gone, is dropped without waiting
 * for anybody, and dialled again at once; only who refuses is left alone for a while ({@link DialServers}).
 */
export class LineConnector {
  readonly #options: LineConnectorOptions;
  readonly #clock: Clock;
  readonly #servers: DialServers;
  readonly #race: DialRace;
  readonly #addresses: AddressWatch;
  readonly #credentials: CredentialWatch;
  #state: LineState = { state: 'stopped' };
  #line: { readonly attempt: DialAttempt; readonly extras: ExtraSockets; readonly openedMs: number } | undefined;
  #lastLogged = { text: '', atMs: Number.NEGATIVE_INFINITY };
  #gaveUpMs = Number.NEGATIVE_INFINITY;
  #excusedMs = Number.NEGATIVE_INFINITY;
  #running = false;

  constructor(options: LineConnectorOptions) {
    const { clock, dials, random, localAddresses = () => [] } = options;
    this.#options = options;
    this.#clock = clock;
    this.#servers = new DialServers({ dials, clock, random });
    this.#race = new DialRace({
      clock,
      servers: this.#servers,
      makeAttempt: (server) => this.#makeAttempt(server),
      handleSuperseded: () => (this.#gaveUpMs = clock.monotonicMs()),
    });
    this.#addresses = new AddressWatch({
      clock,
      localAddresses,
      handleChange: (gone) => this.#handleNetworkChange(gone),
    });
    this.#credentials = new CredentialWatch({
      clock,
      stamp: options.credentialStamp ?? (() => ''),
      handleChange: () => {
        this.#servers.release();
        this.#race.handleNetworkChange(new Set());
      },
    });
  }

  get state(): LineState {
    return this.#state;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#state = { state: 'connecting' };
    this.#addresses.start();
    this.#race.start();
  }

  /** Closes the line. Idempotent. */
  stop(): void {
    this.#running = false;
    this.#addresses.stop();
    this.#credentials.stop();
    this.#race.stop();
    this.#line?.attempt.close();
    this.#state = { state: 'stopped' };
  }

  #makeAttempt(server: DialServer): DialAttempt {
    this.#state = { state: 'connecting' };
    const { makeEnd } = this.#options;
    return new DialAttempt({
      server,
      clock: this.#clock,
      makeEnd,
      handlers: {
        handleProgress: () => this.#race.handleProgress(),
        handleOpened: (attempt) => this.#race.handleOpened(attempt),
        handleWelcome: (attempt, end, welcome) => this.#handleWelcome(attempt, end, welcome),
        handleEnded: (attempt, close, error) => {
          if (attempt === this.#line?.attempt) this.#handleLineEnded(attempt, close, error);
          else this.#handleAttemptEnded(attempt, close, error);
        },
        handleSocketWanted: (attempt, attach) => {
          if (attempt === this.#line?.attempt) this.#line.extras.open(attach);
        },
      },
    });
  }

  #handleWelcome(attempt: DialAttempt, end: AgentEnd, welcome: Welcome): void {
    const { server, epoch } = welcome;
    const extras = new ExtraSockets({
      dial: attempt.server.dial,
      address: attempt.remoteAddress,
      clock: this.#clock,
    });
    this.#line = { attempt, extras, openedMs: this.#clock.monotonicMs() };
    this.#race.stop(attempt);
    this.#credentials.stop();
    this.#servers.handleOpened(attempt.server);
    this.#state = { state: 'open', server, epoch };
    this.#lastLogged = { text: '', atMs: Number.NEGATIVE_INFINITY };
    this.#options.log.info({ server, epoch }, 'the line is open');
    this.#options.handleOpen(end, welcome);
  }

  #handleLineEnded(attempt: DialAttempt, close: LineClose, error: Error | undefined): void {
    const line = this.#line;
    this.#line = undefined;
    if (line === undefined) return;
    const nowMs = this.#clock.monotonicMs();
    const kind = endKind(close, error, true);
    line.extras.handleLineClosed(kind === 'lost');
    if (nowMs - line.openedMs >= STABLE_CONNECTION_MS) this.#servers.handleStable(attempt.server);
    if (this.#running) {
      this.#handleEnd(attempt, close, error);
      if (kind === 'broken') this.#servers.waitFor(attempt.server);
      this.#race.start();
    }
    this.#options.handleClosed();
  }

  #handleAttemptEnded(attempt: DialAttempt, close: LineClose, error: Error | undefined): void {
    // Who was held back said nothing, so its end answers nothing.
    const wasHeld = attempt.wasConnected && attempt.greetedMs === undefined;
    if (!wasHeld && this.#running) this.#handleEnd(attempt, close, error);
    this.#race.handleEnded(attempt);
  }

  /** Says what a failure means for the next dials, and tells it. */
  #handleEnd(attempt: DialAttempt, close: LineClose, error: Error | undefined): void {
    const nowMs = this.#clock.monotonicMs();
    const mayBeOwn = nowMs - this.#gaveUpMs <= OWN_DOING_MS && nowMs - this.#excusedMs > OWN_DOING_EVERY_MS;
    const { isForAll, remedy, waitMs } = closeAdvice(close, mayBeOwn);
    if (close.closeCode === 4409 && mayBeOwn) this.#excusedMs = nowMs;
    const kind = endKind(close, error, attempt.wasConnected);
    // The server may not have heard of this end, and take what is still under way for news.
    if (kind !== 'refused' && attempt.greetedMs !== undefined) this.#gaveUpMs = nowMs;
    if (waitMs === undefined) this.#servers.handleFailure(attempt.server, kind);
    else this.#servers.hold(waitMs, isForAll ? undefined : attempt.server);
    if (waitMs !== undefined && close.closeCode === CREDENTIALS_REFUSED) this.#credentials.start();
    const reason = close.reason || (error?.message ?? 'the connection broke');
    if (this.#race.size <= 1) {
      this.#state = { state: 'waiting', code: close.code ?? `CLOSE_${close.closeCode}`, reason };
    }
    this.#tell(close, reason, remedy, attempt);
  }

  #handleNetworkChange(gone: ReadonlySet<string>): void {
    this.#line?.extras.handleNetworkChange(gone);
    this.#line?.attempt.handleNetworkChange(gone);
    // After the line, whose end is no failure of its server.
    this.#servers.handleNetworkChange();
    this.#race.handleNetworkChange(gone);
  }

  #tell(close: LineClose, reason: string, remedy: string | undefined, attempt: DialAttempt): void {
    const text = `${close.closeCode} ${reason}`;
    const nowMs = this.#clock.monotonicMs();
    if (text === this.#lastLogged.text && nowMs - this.#lastLogged.atMs < REPEAT_LOG_MS) return;
    this.#lastLogged = { text, atMs: nowMs };
    const details = { closeCode: close.closeCode, code: close.code, reason };
    const { log } = this.#options;
    if (remedy !== undefined) log.error(details, `the server refuses the line: ${remedy}`);
    else if (attempt.wasWelcomed) log.warn(details, 'the line ended; the agent connects again');
    else log.warn(details, 'the server cannot be reached; the agent goes on trying');
  }
}
