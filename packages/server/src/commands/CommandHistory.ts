import type { Clock, Disposer } from '@longline/ros';
import type { Audit } from '../store/Audit.ts';
import type { CommandRecord, CommandState } from '../store/CommandRecord.ts';
import type { CommandFilter, CommandStore } from '../store/CommandStore.ts';
import { describe } from './CommandInfo.ts';
import type { RobotRequest } from './RobotRequest.ts';

/** Commands whose outcome is unknown can be settled for so long, in milliseconds: robots forget older ones (clause 5.3). */
const SETTLED_FOR_MS = 86_400_000;

/** What commands became: stored, told to who watches, and kept in the audit. */
export class CommandHistory {
  /** How often commands ended in each state since the server started; `unknown` and what settles it later count both. */
  readonly ended = new Map<CommandState, number>();
  readonly #store: CommandStore;
  readonly #audit: Audit;
  readonly #clock: Clock;
  #newestOrder = 0;
  readonly #listeners = new Set<(record: CommandRecord) => void>();

  constructor(store: CommandStore, audit: Audit, clock: Clock) {
    this.#store = store;
    this.#audit = audit;
    this.#clock = clock;
  }

  get size(): number {
    return this.#store.size;
  }

  nextOrder(): number {
    return (this.#newestOrder = this.#store.nextOrder());
  }

  /** Of the commands of this run of the server; 0 before the first. */
  get newestOrder(): number {
    return this.#newestOrder;
  }

  list(filter: CommandFilter): CommandRecord[] {
    return this.#store.list(filter);
  }

  find(device: string, id: string): CommandRecord | undefined {
    return this.#store.find(device, id);
  }

  /** Those of a device whose outcome is unknown, and that its robot may still know, oldest first. */
  unsettled(device: string, limit: number): CommandRecord[] {
    return this.#store.unsettled(device, this.#wallMs() - SETTLED_FOR_MS, limit).reverse();
  }

  leftOpen(): CommandRecord[] {
    return this.#store.leftOpen();
  }

  /** Tells each command as it is after each of its transitions. The listener must not throw. */
  watch(listener: (record: CommandRecord) => void): Disposer {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Counts an end. */
  handleEnded({ state }: CommandRecord): void {
    this.ended.set(state, (this.ended.get(state) ?? 0) + 1);
  }

  /** Remembers a command as it is. */
  handleChange(record: CommandRecord, hasEnded: boolean): void {
    this.#store.put(record);
    if (hasEnded) this.#recordEnd(record);
    for (const listener of this.#listeners) listener(record);
  }

  handleRefused({ device, action, principal, token }: RobotRequest, code: string): void {
    const { kind, target } = describe(action);
    this.#audit.record({ what: 'refused', principal: principal.name, device, target, code, token, details: { kind } });
  }

  #recordEnd({ id, device, issuer, action, state, code, token }: CommandRecord): void {
    // What became of a stop is the matter of who repeats it until it is confirmed.
    if (action.kind === 'stop') return;
    const { kind, target } = describe(action);
    const what = action.kind === 'stop.release' ? 'stop.release' : 'command';
    const entry = { principal: issuer, device, target, outcome: state, code, token };
    this.#audit.record({ ...entry, what, details: { id, kind } });
  }

  #wallMs(): number {
    return Number(this.#clock.wallNs() / 1_000_000n);
  }
}
