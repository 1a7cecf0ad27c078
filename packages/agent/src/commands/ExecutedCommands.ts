import type { ReplyHeader } from '@longline/line';
import type { Clock, Log } from '@longline/ros';
import { AgentError } from '../errors.ts';
import { beganLine, endedLine, parseJournalLine } from './journalLine.ts';
import type { JournalStore } from './JournalStore.ts';
import { JournalWriter } from './JournalWriter.ts';
import type { JournalState } from './JournalWriter.ts';

/** Commands kept; beyond it the oldest are forgotten. */
export const MAX_EXECUTED = 10_000;
/** For so long they are kept, in milliseconds of the wall clock: no command has a later deadline (clause 5.2). */
export const KEPT_MS = 24 * 60 * 60 * 1_000;
/** Characters of all lines kept, beyond which the oldest are forgotten. */
export const MAX_KEPT_CHARACTERS = 8 * 1024 * 1024;
/** Characters in the store, beyond which it is written anew without what is forgotten. */
const MAX_STORED_CHARACTERS = 2 * MAX_KEPT_CHARACTERS;

/** A command of an earlier run of the agent. */
export interface ExecutedCommand {
  readonly fingerprint: string;
  readonly reply: ReplyHeader;
  readonly payload: Uint8Array;
}

interface Kept {
  readonly wallMs: number;
  lines: string;
}

/**
 * The journal of commands that took effect, so that a repeated ID is executed once over restarts of the agent too: each is
 * written before it takes effect, and again with its answer.
 *
 * What is written is left to the operating system: it survives the end of the process, however it ends; a power cut may lose
 * the last seconds, about 30 s on common Linux file systems.
 */
export class ExecutedCommands {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #writer: JournalWriter;
  /** In the order in which they began. */
  readonly #kept = new Map<string, Kept>();
  /** Those that began in this run and have no answer yet. */
  readonly #open = new Set<string>();
  #characters = 0;

  constructor(options: {
    readonly store: JournalStore;
    readonly clock: Clock;
    readonly log: Log;
    readonly max?: number;
  }) {
    const { store, clock, log } = options;
    this.#clock = clock;
    this.#max = options.max ?? MAX_EXECUTED;
    this.#writer = new JournalWriter({
      store,
      clock,
      log,
      maxCharacters: MAX_STORED_CHARACTERS,
      readAll: () => [...this.#kept.values()].map(({ lines }) => lines).join(''),
    });
  }

  get state(): JournalState {
    return this.#writer.state;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** What earlier runs executed: one that began and has no answer is `COMMAND_UNCERTAIN`. Never rejects. */
  async load(): Promise<ReadonlyMap<string, ExecutedCommand>> {
    const commands = new Map<string, ExecutedCommand>();
    for (const text of (await this.#writer.read()).split('\n')) {
      const line = parseJournalLine(text);
      if (line === undefined) continue;
      if (line.state === 'began') {
        const { id, fingerprint, wallMs } = line;
        this.#keep(id, wallMs, `${text}\n`);
        commands.set(id, { fingerprint, reply: uncertainReply(id), payload: new Uint8Array(0) });
      } else {
        const { reply, payload } = line;
        const began = commands.get(reply.id);
        if (began === undefined) continue;
        this.#extend(reply.id, `${text}\n`);
        commands.set(reply.id, { ...began, reply, payload });
      }
    }
    this.#forget();
    return new Map([...commands].filter(([id]) => this.#kept.has(id)));
  }

  /**
   * Right before a command takes effect; it is written when this resolves. Where the disk takes nothing, it rejects with
   * `STATE_UNWRITABLE` if the journal `isNeeded`, and resolves else: the log and the state tell.
   */
  async begin(id: string, fingerprint: string, isNeeded: boolean): Promise<void> {
    if (this.#open.has(id)) return;
    const wallMs = this.#wallMs();
    const line = beganLine(wallMs, id, fingerprint);
    this.#open.add(id);
    this.#keep(id, wallMs, line);
    this.#forget();
    try {
      await this.#writer.append(line);
    } catch (cause) {
      if (!isNeeded) return;
      this.#open.delete(id);
      this.#drop(id);
      const why = cause instanceof Error ? cause.message : 'unknown error';
      throw new AgentError(
        'STATE_UNWRITABLE',
        `The agent cannot note on the robot's disk what it executes (${why}); without that it moves nothing. ` +
          'Make room there, or give it a directory that it may write (stateDir).',
        { cause },
      );
    }
  }

  /** A command was answered; nothing where it had not begun. */
  end(reply: ReplyHeader, payload: Uint8Array): void {
    if (!this.#open.delete(reply.id)) return;
    const line = endedLine(this.#wallMs(), reply, payload);
    this.#extend(reply.id, line);
    // Log and state tell of a failure.
    this.#writer.append(line).catch(() => undefined);
  }

  /** Waits for what is being written. */
  close(): Promise<void> {
    return this.#writer.close();
  }

  #keep(id: string, wallMs: number, line: string): void {
    this.#drop(id);
    this.#kept.set(id, { wallMs, lines: line });
    this.#characters += line.length;
  }

  #extend(id: string, line: string): void {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    kept.lines += line;
    this.#characters += line.length;
  }

  #drop(id: string): void {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    this.#characters -= kept.lines.length;
    this.#kept.delete(id);
  }

  #forget(): void {
    const oldestMs = this.#wallMs() - KEPT_MS;
    for (const [id, { wallMs }] of this.#kept) {
      const isOver = this.#kept.size > this.#max || this.#characters > MAX_KEPT_CHARACTERS || wallMs < oldestMs;
      if (!isOver) return;
      this.#drop(id);
    }
  }

  #wallMs(): number {
    return Number(this.#clock.wallNs() / 1_000_000n);
  }
}

const uncertainReply = (id: string): ReplyHeader => ({
  id,
  state: 'failed',
  code: 'COMMAND_UNCERTAIN',
  message:
    'The command began, and then the agent ended before it was answered: whether it took effect is not known. It was not ' +
    "executed again. Look at the robot's state before sending it again, under a new ID.",
});
