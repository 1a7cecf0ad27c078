import { commandUnknown } from '../commands/commandErrors.ts';
import { commandInfo } from '../commands/CommandInfo.ts';
import type { CommandInfo } from '../commands/CommandInfo.ts';
import type { Commands } from '../commands/Commands.ts';
import { CommandWatch } from '../commands/CommandWatch.ts';
import type { CommandRecord } from '../store/CommandRecord.ts';
import type { CommandFilter } from '../store/CommandStore.ts';
import type { Rights } from './Rights.ts';

/** Commands looked at for one list, where some of them are left out; the list may be short then. */
const MAX_LOOKED_AT = 10_000;
const PAGE_ROWS = 1_000;

/** The commands of one device, as far as their targets exist for one principal. */
export class DeviceCommands {
  readonly #commands: Commands;
  readonly #rights: Rights;
  readonly #device: string;

  constructor(commands: Commands, rights: Rights, device: string) {
    this.#commands = commands;
    this.#rights = rights;
    this.#device = device;
  }

  /** Newest first. */
  list(filter: Omit<CommandFilter, 'device'>): CommandInfo[] {
    if (!this.#rights.seesDevice(this.#device)) return [];
    const ofDevice = { ...filter, device: this.#device };
    const records = this.#rights.isUnrestricted ? this.#commands.list(ofDevice) : this.#visible(ofDevice);
    return records.map((record) => commandInfo(record));
  }

  find(id: string): CommandInfo | undefined {
    const record = this.#commands.find(this.#device, id);
    return record !== undefined && this.#isVisible(record) ? commandInfo(record) : undefined;
  }

  /** Each command as it is after each of its transitions, from now on. */
  watch(signal?: AbortSignal): CommandWatch {
    return new CommandWatch(
      this.#commands,
      (record) => record.device === this.#device && this.#isVisible(record),
      signal,
    );
  }

  /** Whoever may make a command may take it back. Throws `COMMAND_UNKNOWN`, `FORBIDDEN`, `COMMAND_UNDER_WAY`. */
  cancel(id: string): CommandInfo {
    const record = this.#commands.find(this.#device, id);
    if (record === undefined || !this.#isVisible(record)) throw commandUnknown(this.#device, id);
    this.#rights.check(this.#device, record.action);
    return commandInfo(this.#commands.cancel(this.#device, id));
  }

  #isVisible({ device, action }: CommandRecord): boolean {
    return this.#rights.isUnrestricted || (this.#rights.seesDevice(device) && this.#rights.knowsAction(action));
  }

  #visible(filter: CommandFilter): CommandRecord[] {
    const visible: CommandRecord[] = [];
    let { before } = filter;
    for (let lookedAt = 0; lookedAt < MAX_LOOKED_AT && visible.length < filter.limit; lookedAt += PAGE_ROWS) {
      const page = this.#commands.list({ ...filter, before, limit: PAGE_ROWS });
      visible.push(...page.filter((record) => this.#isVisible(record)));
      before = page.at(-1)?.order;
      if (page.length < PAGE_ROWS) break;
    }
    return visible.slice(0, filter.limit);
  }
}
