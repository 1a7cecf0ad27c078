import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { MotionStatus, StopPayload } from '@longline/line';
import { reconnectDelayMs, STABLE_CONNECTION_MS } from '@longline/ros';
import type { Clock, Disposer, Log } from '@longline/ros';
import { AgentError } from '../errors.ts';
import type { Deadman, DeadmanListener, MotionOrder, MotionReceipt, OutputKind } from './Deadman.ts';
import { DeadmanAsks } from './DeadmanAsks.ts';
import type { DeadmanAnswer } from './DeadmanAsks.ts';
import { BEAT_MS, fromDeadmanSchema } from './deadmanMessages.ts';
import type { DeadmanAsk, DeadmanSetup, ToDeadman } from './deadmanMessages.ts';
import { MotionOutputs } from './MotionOutputs.ts';

/** So many beats without a word, and it is taken to hang; it may take longer to begin. */
const SILENT_BEATS = 10;
const STARTING_BEATS = 150;
/** Most stops that wait for it to be there again. */
const MAX_WAITING_STOPS = 100;

export interface DeadmanProcessParts {
  readonly setup: DeadmanSetup;
  /** The machine's: both processes speak of the same instants. */
  readonly clock: Clock;
  readonly log: Log;
  /** Gives 0 to 1, for jitter. */
  readonly random: () => number;
  /** The program; default: the deadman with the robot of the setup. */
  readonly entry?: URL;
}

/**
 * The deadman as a process of its own, with its own way to ROS: it stops the robot when this process ends, is killed or
 * hangs. Where it dies itself it is started again, and its successor stops what it finds armed on disk.
 */
export class DeadmanProcess implements Deadman {
  readonly #parts: DeadmanProcessParts;
  readonly #outputs: MotionOutputs;
  readonly #asks = new DeadmanAsks();
  #listener: DeadmanListener | undefined;
  #child: ChildProcess | undefined;
  #status: MotionStatus = absent('it is starting');
  #silentBeats = 0;
  #failures = 0;
  #sinceMs = 0;
  #cancelBeat: Disposer | undefined;
  #cancelRestart: Disposer | undefined;
  #waitingStops = 0;
  #isClosing = false;
  #closed: Promise<void> | undefined;
  /** Told when it is ready or has said why not. */
  readonly #waiters = new Set<() => void>();

  constructor(parts: DeadmanProcessParts) {
    this.#parts = parts;
    this.#outputs = new MotionOutputs(parts.setup.motion, parts.setup.publishable);
  }

  get status(): MotionStatus {
    return this.#status;
  }

  /** Process ID, for tests and people; undefined while it does not run. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(listener: DeadmanListener): Promise<void> {
    this.#listener = listener;
    this.#spawn();
    return this.#nextWord();
  }

  outputOf(kind: OutputKind, name: string, type?: string): { readonly timeoutMs: number } | undefined {
    return this.#outputs.find(kind, name, type);
  }

  async execute(order: MotionOrder): Promise<MotionReceipt> {
    const { receipt } = await this.#ask({ kind: 'execute', order });
    return receipt ?? { subscribers: undefined, payload: new Uint8Array() };
  }

  async takeLease(token: number, heldUntilMs: number): Promise<void> {
    await this.#ask({ kind: 'takeLease', token, heldUntilMs });
  }

  async renewLease(token: number, heldUntilMs: number): Promise<void> {
    await this.#ask({ kind: 'renewLease', token, heldUntilMs });
  }

  async endLease(token: number): Promise<void> {
    await this.#ask({ kind: 'endLease', token });
  }

  handleLineClosed(): void {
    this.#post({ kind: 'lineClosed' });
  }

  /** Where the process does not run, it waits for it: a stop is never lost. */
  async stop(by: string, outputs?: string): Promise<StopPayload> {
    if (this.#waitingStops >= MAX_WAITING_STOPS) throw this.#absence();
    this.#waitingStops += 1;
    try {
      for (;;) {
        while (!this.#isReady && !this.#isClosing) await this.#nextWord();
        try {
          return (await this.#ask({ kind: 'stop', by, outputs })).stopped ?? { outputs: [] };
        } catch (error) {
          if (this.#isReady || this.#isClosing) throw error;
        }
      }
    } finally {
      this.#waitingStops -= 1;
    }
  }

  async releaseStop(token: number, outputs?: string): Promise<void> {
    await this.#ask({ kind: 'releaseStop', token, outputs });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  get #isReady(): boolean {
    return this.#status.deadman.state === 'ready';
  }

  async #close(): Promise<void> {
    this.#isClosing = true;
    this.#cancelRestart?.();
    // It refuses only where it is gone or has not begun, and then the end of the pipe ends it.
    await this.#ask({ kind: 'close' }).catch(() => {
      if (this.#child?.connected === true) this.#child.disconnect();
    });
    this.#cancelBeat?.();
    this.#handleAbsent('the agent stops');
    this.#tellWaiters();
    // It ends by itself, once the stops have been repeated; nothing here waits for that.
    this.#child?.unref();
    this.#child?.channel?.unref();
  }

  #spawn(): void {
    const { setup, log, entry } = this.#parts;
    const own = new URL(import.meta.url.endsWith('.ts') ? './deadmanMain.ts' : './deadmanMain.js', import.meta.url);
    const child = fork(entry ?? own, {
      serialization: 'advanced',
      // Out of the terminal's process group: Ctrl-C ends the agent, which stops the robot by it.
      detached: true,
      // A pipe that it shared would outlive the agent for whoever reads it.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: process.execArgv.filter((argument) => !argument.startsWith('--inspect')),
    });
    this.#child = child;
    this.#silentBeats = 0;
    this.#sinceMs = this.#parts.clock.monotonicMs();
    child.on('message', (message) => {
      if (this.#child === child) this.#handleMessage(message);
    });
    child.on('error', (error) => log.error({ err: error }, 'the deadman cannot be started'));
    const handleExit = (): void => {
      if (this.#child === child) this.#handleExit();
    };
    child.on('exit', handleExit);
    child.on('error', handleExit);
    this.#post({ kind: 'start', setup });
    this.#beat();
  }

  #handleMessage(content: unknown): void {
    const message = fromDeadmanSchema.parse(content);
    this.#silentBeats = 0;
    switch (message.kind) {
      case 'beat':
        break;
      case 'status':
        if (this.#isClosing) break;
        if (!this.#isReady) this.#parts.log.info({ pid: this.pid }, 'the deadman is ready');
        this.#status = message.status;
        this.#listener?.handleChange();
        this.#tellWaiters();
        break;
      case 'failed':
        this.#handleAbsent(message.reason);
        break;
      case 'log':
        this.#parts.log[message.level](message.details, message.message);
        break;
      case 'answer':
      case 'refusal':
        this.#asks.handleReply(message);
        break;
    }
  }

  #handleExit(): void {
    const { clock, log, random } = this.#parts;
    this.#child = undefined;
    this.#cancelBeat?.();
    const wasStable = clock.monotonicMs() - this.#sinceMs >= STABLE_CONNECTION_MS;
    this.#failures = wasStable ? 0 : this.#failures + 1;
    this.#handleAbsent(this.#status.deadman.reason ?? 'its process ended');
    this.#asks.refuseAll(this.#absence());
    if (this.#isClosing) return;
    log.error({ reason: this.#status.deadman.reason }, 'the deadman is gone: nothing moves the robot until it is back');
    // The first time at once: the robot may be moving.
    const delayMs = this.#failures <= 1 ? 0 : reconnectDelayMs(this.#failures - 2, random());
    this.#cancelRestart = clock.after(delayMs, () => this.#spawn());
    this.#tellWaiters();
  }

  #handleAbsent(reason: string): void {
    const { token, latches, outputs } = this.#status;
    this.#status = { ...absent(reason), token, latches, outputs };
    this.#listener?.handleChange();
  }

  /** Counted in beats of this process, so that its own stall is not taken for that of the other. */
  #beat(): void {
    this.#silentBeats += 1;
    if (this.#silentBeats > (this.#isReady ? SILENT_BEATS : STARTING_BEATS)) {
      this.#handleAbsent('its process hung and was killed');
      this.#child?.kill('SIGKILL');
      return;
    }
    this.#post({ kind: 'beat' });
    this.#cancelBeat = this.#parts.clock.after(BEAT_MS, () => this.#beat());
  }

  #ask(ask: DeadmanAsk): Promise<DeadmanAnswer> {
    if (!this.#isReady) return Promise.reject(this.#absence());
    return this.#asks.ask((id) => this.#post({ kind: 'ask', id, ask }));
  }

  #post(message: ToDeadman): void {
    // A pipe that has ended is told of by `exit`.
    if (this.#child?.connected === true) this.#child.send(message, undefined, {}, () => undefined);
  }

  #absence(): AgentError {
    const { reason = 'it is starting' } = this.#status.deadman;
    return new AgentError(
      'DEADMAN_ABSENT',
      `The process that stops the robot is not there (${reason}), and without it nothing moves the robot. ` +
        "It is started again by itself; see the agent's log where that lasts.",
      { details: { reason } },
    );
  }

  #nextWord(): Promise<void> {
    return new Promise((resolve) => this.#waiters.add(resolve));
  }

  #tellWaiters(): void {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const tell of waiters) tell();
  }
}

const absent = (reason: string): MotionStatus => ({
  deadman: { state: 'absent', reason: reason.slice(0, 2_048) },
  token: 0,
  leased: false,
  latches: [],
  outputs: [],
});
