import { randomUUID } from 'node:crypto';
import { isLonglineError } from '@longline/ros';
import type { Clock, Disposer } from '@longline/ros';
import { everything } from '../access/Principal.ts';
import type { Principal, Role, Scope } from '../access/Principal.ts';
import { Rights } from '../access/Rights.ts';
import type { AuditSink } from '../motion/AuditSink.ts';
import { checkManager, isManager } from './checkManager.ts';
import type { CredentialStore, TokenRecord } from './CredentialStore.ts';
import { principalOf } from './principalOf.ts';
import { newSecret, secretHash } from './secretHash.ts';
import type { SessionEnd } from './Sessions.ts';
import { lastAdministrator, nameInvalid, nameTaken, tokenLimit, tokenNameUnknown } from './tokenErrors.ts';

/** What a token is to be for. */
export interface TokenSpec {
  readonly name: string;
  readonly role: Role;
  /** Default: everything. */
  readonly scope?: Scope | undefined;
  /** Wall time in milliseconds since 1970; undefined: never. */
  readonly expiresMs: number | undefined;
}

/** What is to be another about a token; what is left out stays. */
export interface TokenChange {
  readonly role?: Role | undefined;
  readonly scope?: Partial<Scope> | undefined;
  readonly expiresMs?: number | undefined;
}

/** What {@link Tokens} are given. */
export interface TokensOptions {
  readonly store: CredentialStore;
  readonly clock: Clock;
  readonly audit: AuditSink;
  /** What the principal of this ID has open and under way is to end; with `rights`, what those do not allow. */
  readonly handleEnded: (id: string, why: SessionEnd, rights: Rights | undefined) => void;
}

/** Tokens that are not revoked; one more is refused with `TOO_MANY_REQUESTS`. */
const MAX_TOKENS = 10_000;
/** Revoked ones that are remembered, to be told so; the one that was revoked first is forgotten first. */
const MAX_REVOKED = 10_000;
/** The clock of the wall may be set: so often it is looked whether a token expired, at least, in milliseconds. */
const LOOK_MS = 60_000;
const validName = /^[A-Za-z0-9._@-]{1,64}$/;

/** The tokens of people and programs: making, changing and revoking them, which needs an administrator of everything. */
export class Tokens {
  readonly #store: CredentialStore;
  readonly #clock: Clock;
  readonly #audit: AuditSink;
  readonly #handleEnded: TokensOptions['handleEnded'];
  /** Those whose expiry was acted upon, by ID. */
  readonly #expired = new Set<string>();
  #cancelLook: Disposer = () => undefined;

  constructor({ store, clock, audit, handleEnded }: TokensOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#audit = audit;
    this.#handleEnded = handleEnded;
    this.#look();
  }

  /** Those that are not revoked, by name. Throws `FORBIDDEN`. */
  list(by: Principal): TokenRecord[] {
    checkManager(by);
    return this.#present.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  /**
   * Makes one; the token itself is known to who asked for it alone. Throws `FORBIDDEN`, `TOKEN_NAME_TAKEN`, `REQUEST_INVALID`,
   * `PATTERN_INVALID`, `TOO_MANY_REQUESTS`.
   */
  add(by: Principal, spec: TokenSpec): { readonly token: string; readonly record: TokenRecord } {
    checkManager(by);
    const { name, role, scope = everything, expiresMs } = spec;
    if (!validName.test(name) || name === 'local') throw nameInvalid(name);
    if (this.#present.some((record) => record.name === name)) throw nameTaken(name);
    if (this.#present.length >= MAX_TOKENS) throw tokenLimit(MAX_TOKENS);
    const token = newSecret('ll_');
    const record: TokenRecord = {
      id: randomUUID(),
      name,
      hash: secretHash(token),
      role,
      scope,
      createdMs: this.#nowMs(),
      createdBy: by.name,
      expiresMs,
      revokedMs: undefined,
    };
    Rights.of(principalOf(record));
    this.#store.putToken(record);
    this.#record('token.add', by, record);
    this.#look();
    return { token, record };
  }

  /** Changes what it is for; its connections begin anew under the new rights. Throws as {@link add}, and `TOKEN_UNKNOWN`. */
  change(by: Principal, name: string, change: TokenChange): TokenRecord {
    checkManager(by);
    const before = this.#find(name);
    const record: TokenRecord = {
      ...before,
      role: change.role ?? before.role,
      scope: change.scope === undefined ? before.scope : { ...before.scope, ...change.scope },
      expiresMs: 'expiresMs' in change ? change.expiresMs : before.expiresMs,
    };
    const rights = Rights.of(principalOf(record));
    this.#checkRemaining(before, record);
    this.#store.putToken(record);
    this.#record('token.change', by, record);
    if (record.role !== before.role || record.scope !== before.scope)
      this.#handleEnded(record.id, 'RIGHTS_CHANGED', rights);
    this.#look();
    return record;
  }

  /** What it opened ends now. Throws `FORBIDDEN`, `TOKEN_UNKNOWN`, `LAST_ADMINISTRATOR`. */
  revoke(by: Principal, name: string): TokenRecord {
    checkManager(by);
    const before = this.#find(name);
    this.#checkRemaining(before, undefined);
    const record = { ...before, revokedMs: this.#nowMs() };
    this.#store.putToken(record);
    this.#expired.delete(record.id);
    this.#record('token.revoke', by, record);
    this.#handleEnded(record.id, 'ACCESS_REVOKED', undefined);
    this.#forgetOldest();
    return record;
  }

  /** Looks for expired tokens no more. Idempotent. */
  stop(): void {
    this.#cancelLook();
  }

  get #present(): TokenRecord[] {
    return this.#store.tokens().filter(({ revokedMs }) => revokedMs === undefined);
  }

  #forgetOldest(): void {
    const revoked = this.#store.tokens().filter(({ revokedMs }) => revokedMs !== undefined);
    if (revoked.length <= MAX_REVOKED) return;
    const oldest = revoked.reduce((one, other) => ((other.revokedMs ?? 0) < (one.revokedMs ?? 0) ? other : one));
    this.#store.forgetToken(oldest.id);
  }

  #find(name: string): TokenRecord {
    const record = this.#present.find((token) => token.name === name);
    if (record === undefined) throw tokenNameUnknown(name);
    return record;
  }

  /** Somebody must be able to undo what is done here. */
  #checkRemaining(before: TokenRecord, after: TokenRecord | undefined): void {
    const nowMs = this.#nowMs();
    const manages = (token: TokenRecord): boolean =>
      isManager(token) && (token.expiresMs === undefined || token.expiresMs > nowMs);
    if (!manages(before) || (after !== undefined && manages(after))) return;
    if (!this.#present.some((token) => token.id !== before.id && manages(token))) throw lastAdministrator(before.name);
  }

  /** Ends what tokens opened that have expired by now, and looks again when the next one does. */
  #look(): void {
    this.#cancelLook();
    const nowMs = this.#nowMs();
    let nextMs = Infinity;
    for (const { id, expiresMs = Infinity } of this.#present) {
      if (expiresMs > nowMs) {
        this.#expired.delete(id);
        nextMs = Math.min(nextMs, expiresMs);
      } else if (!this.#expired.has(id)) {
        this.#expired.add(id);
        this.#handleEnded(id, 'TOKEN_EXPIRED', undefined);
      }
    }
    if (nextMs < Infinity) this.#lookIn(Math.min(LOOK_MS, nextMs - nowMs));
  }

  #lookIn(delayMs: number): void {
    this.#cancelLook = this.#clock.after(delayMs, () => {
      try {
        this.#look();
      } catch (error) {
        if (!isLonglineError(error)) throw error;
        // The credentials cannot be read now: nobody is let in meanwhile, and every attempt is in the log.
        this.#lookIn(LOOK_MS);
      }
    });
  }

  #record(what: 'token.add' | 'token.change' | 'token.revoke', by: Principal, token: TokenRecord): void {
    const { name, role, scope, expiresMs } = token;
    const details = {
      role,
      ...scope,
      expires: expiresMs === undefined ? 'never' : new Date(expiresMs).toISOString(),
    };
    this.#audit.record({ what, principal: by.name, target: name, ...(what === 'token.revoke' ? {} : { details }) });
  }

  #nowMs(): number {
    return Number(this.#clock.wallNs() / 1_000_000n);
  }
}
