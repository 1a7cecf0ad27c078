import type { CredentialStore, DeviceTokenRecord, JoinRecord, RobotKeyRecord, TokenRecord } from './CredentialStore.ts';

/** Credentials that end with the process: of a server without a data directory, and of tests. */
export class MemoryCredentialStore implements CredentialStore {
  readonly #tokens = new Map<string, TokenRecord>();
  /** The same by hash, revoked and expired ones too: whoever comes with one is told why it is refused. */
  readonly #byHash = new Map<string, TokenRecord>();
  readonly #keys = new Map<string, RobotKeyRecord>();
  /** By device. */
  readonly #joins = new Map<string, JoinRecord>();
  readonly #deviceTokens = new Map<string, DeviceTokenRecord>();
  #isLocked = false;

  get isLocked(): boolean {
    return this.#isLocked;
  }

  findToken(hash: string): TokenRecord | undefined {
    return this.#byHash.get(hash);
  }

  tokens(): readonly TokenRecord[] {
    return [...this.#tokens.values()];
  }

  putToken(token: TokenRecord): void {
    const before = this.#tokens.get(token.id);
    if (before !== undefined) this.#byHash.delete(before.hash);
    this.#tokens.set(token.id, token);
    this.#byHash.set(token.hash, token);
    this.#isLocked ||= token.role === 'admin';
  }

  forgetToken(id: string): void {
    const token = this.#tokens.get(id);
    if (token === undefined) return;
    this.#tokens.delete(id);
    this.#byHash.delete(token.hash);
  }

  robotKey(device: string): RobotKeyRecord | undefined {
    return this.#keys.get(device);
  }

  robotKeys(): readonly RobotKeyRecord[] {
    return [...this.#keys.values()];
  }

  putRobotKey(key: RobotKeyRecord): void {
    this.#keys.set(key.device, key);
  }

  findJoin(hash: string): JoinRecord | undefined {
    return this.joins().find((join) => join.hash === hash);
  }

  joins(): readonly JoinRecord[] {
    return [...this.#joins.values()];
  }

  putJoin(join: JoinRecord): void {
    this.#joins.set(join.device, join);
  }

  join(hash: string, key: RobotKeyRecord): boolean {
    const join = this.findJoin(hash);
    if (join === undefined || join.usedMs !== undefined) return false;
    this.#joins.set(join.device, { ...join, usedMs: key.joinedMs });
    this.#keys.set(key.device, key);
    return true;
  }

  deviceToken(device: string): DeviceTokenRecord | undefined {
    return this.#deviceTokens.get(device);
  }

  deviceTokens(): readonly DeviceTokenRecord[] {
    return [...this.#deviceTokens.values()];
  }

  putDeviceToken(token: DeviceTokenRecord): void {
    this.#deviceTokens.set(token.device, token);
  }

  close(): void {
    // Nothing is open.
  }
}
