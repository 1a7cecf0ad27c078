import { isLonglineError } from '@longline/ros';
import type { Clock } from '@longline/ros';
import type { Principal } from '../access/Principal.ts';
import { Rights } from '../access/Rights.ts';
import type { AuditSink } from '../motion/AuditSink.ts';
import type { CredentialStore, DeviceTokenRecord, JoinRecord, RobotKeyRecord } from './CredentialStore.ts';
import { isPlainDevice } from './deviceTokenErrors.ts';
import {
  joinSignatureInvalid,
  joinTokenUnknown,
  joinTokenUsed,
  keyUnknown,
  publicKeyInvalid,
  robotLimit,
} from './joinErrors.ts';
import { keyFingerprint } from './keyFingerprint.ts';
import { deviceSession } from './RobotAdmission.ts';
import { newSecret, secretHash } from './secretHash.ts';
import type { Sessions } from './Sessions.ts';
import { isPublicKey, verifyEd25519 } from './verifyEd25519.ts';

/** A join token may be used for so long, in milliseconds. */
export const JOIN_TOKEN_MS = 3_600_000;
/** Robots that have a key or a join token; one more is refused with `TOO_MANY_REQUESTS`. */
const MAX_ROBOTS = 100_000;

/** What counts as a wrong log-in. */
const failures: ReadonlySet<string> = new Set(['JOIN_TOKEN_UNKNOWN', 'JOIN_TOKEN_USED', 'SIGNATURE_INVALID']);

/** The key of one robot, and whether it may join, for people. */
export interface RobotKeyInfo {
  readonly device: string;
  /** Undefined: it never joined. */
  readonly key: RobotKeyRecord | undefined;
  readonly fingerprint: string | undefined;
  /** Until when a join token waits to be used, milliseconds since 1970. */
  readonly pendingUntilMs: number | undefined;
  /** Of a plain device, which has a token and no key. */
  readonly plain: DeviceTokenRecord | undefined;
}

/** What a robot sends to join. */
export interface JoinRequest {
  readonly token: string;
  /** Raw Ed25519 public key, base64url. */
  readonly publicKey: string;
  /** By that key over {@link joinText}, base64url. */
  readonly signature: string;
}

/** A robot that has joined. */
export interface Joined {
  readonly key: RobotKeyRecord;
  readonly isRepeated: boolean;
}

/** What a robot signs to show that it has the key. */
export const joinText = (token: string, publicKey: string): Uint8Array =>
  Buffer.from(`longline.v1 join\n${token}\n${publicKey}`);

/** The keys of the robots: permission to join, joining, and taking keys away. What a key opened ends with it. */
export class RobotKeys {
  readonly #store: CredentialStore;
  readonly #clock: Clock;
  readonly #audit: AuditSink;
  readonly #sessions: Sessions;
  readonly #handleFailure: (address: string, code: string) => void;

  constructor(options: {
    readonly store: CredentialStore;
    readonly clock: Clock;
    readonly audit: AuditSink;
    readonly sessions: Sessions;
    /** Somebody came with a wrong join token or key; throws where that was too often. */
    readonly handleFailure: (address: string, code: string) => void;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#audit = options.audit;
    this.#sessions = options.sessions;
    this.#handleFailure = options.handleFailure;
  }

  /** The robots that somebody sees and that have or had a key, or may join, by their IDs. Throws `FORBIDDEN`. */
  list(by: Principal): RobotKeyInfo[] {
    const rights = this.#rights(by, 'Listing the keys of robots');
    const joins = new Map(this.#store.joins().map((join) => [join.device, join]));
    const keys = new Map(this.#store.robotKeys().map((key) => [key.device, key]));
    const plain = new Map(this.#store.deviceTokens().map((token) => [token.device, token]));
    const devices = [...new Set([...joins.keys(), ...keys.keys(), ...plain.keys()])].filter((device) =>
      rights.seesDevice(device),
    );
    const nowMs = this.#nowMs();
    return devices.sort().map((device) => {
      const key = keys.get(device);
      const join = joins.get(device);
      return {
        device,
        key,
        fingerprint: key === undefined ? undefined : keyFingerprint(key.publicKey),
        plain: plain.get(device),
        pendingUntilMs: join !== undefined && isPending(join, nowMs) ? join.expiresMs : undefined,
      };
    });
  }

  /**
   * Makes the token with which a robot joins once within an hour, in place of one that was not used. A key that it has stays good until
   * the new one has joined. The token itself is known to who asked for it alone. Throws `FORBIDDEN`, `DEVICE_UNKNOWN`,
   * `DEVICE_KIND`, `TOO_MANY_REQUESTS`.
   */
  permit(by: Principal, device: string): { readonly token: string; readonly expiresMs: number } {
    this.#rights(by, 'Letting a robot join').checkDevice(device);
    const plain = this.#store.deviceToken(device);
    if (plain !== undefined && plain.revokedMs === undefined) throw isPlainDevice(device);
    const known = new Set([...this.#store.joins(), ...this.#store.robotKeys()].map((record) => record.device));
    if (known.size >= MAX_ROBOTS && !known.has(device)) throw robotLimit(MAX_ROBOTS);
    const token = newSecret('lj_');
    const expiresMs = this.#nowMs() + JOIN_TOKEN_MS;
    this.#store.putJoin({ device, hash: secretHash(token), createdBy: by.name, expiresMs, usedMs: undefined });
    this.#audit.record({ what: 'device.add', principal: by.name, device });
    return { token, expiresMs };
  }

  /**
   * A robot joins; a line under an older key of it ends. `isRepeated` where this very key had joined with this token, and nothing changed:
   * perhaps the answer was lost. Rejects with `JOIN_TOKEN_UNKNOWN`, `JOIN_TOKEN_USED`, `PUBLIC_KEY_INVALID`, `SIGNATURE_INVALID`,
   * `TOO_MANY_FAILURES`.
   */
  async join(request: JoinRequest, address: string): Promise<Joined> {
    try {
      return await this.#join(request);
    } catch (error) {
      if (isLonglineError(error) && failures.has(error.code)) this.#handleFailure(address, error.code);
      throw error;
    }
  }

  async #join({ token, publicKey, signature }: JoinRequest): Promise<Joined> {
    const hash = secretHash(token);
    if (this.#store.findJoin(hash) === undefined) throw joinTokenUnknown();
    if (!isPublicKey(publicKey)) throw publicKeyInvalid();
    if (!(await verifyEd25519(publicKey, joinText(token, publicKey), Buffer.from(signature, 'base64url'))))
      throw joinSignatureInvalid();
    // What was known before the signature was looked at may be over.
    const join = this.#store.findJoin(hash);
    const nowMs = this.#nowMs();
    if (join === undefined) throw joinTokenUnknown();
    if (join.usedMs !== undefined) return this.#used(join, publicKey);
    if (!isPending(join, nowMs)) throw joinTokenUnknown();
    const { device, createdBy } = join;
    const key: RobotKeyRecord = { device, publicKey, joinedMs: nowMs, revokedMs: undefined };
    if (!this.#store.join(hash, key)) return this.#used(join, publicKey);
    const details = { fingerprint: keyFingerprint(publicKey) };
    this.#audit.record({ what: 'device.join', principal: createdBy, device, details });
    this.#sessions.end(deviceSession(device), 'ACCESS_REVOKED');
    return { key, isRepeated: false };
  }

  /** Its line ends now, and a join token that waits is worth nothing. Throws `FORBIDDEN`, `DEVICE_UNKNOWN`, `DEVICE_KEY_UNKNOWN`. */
  revoke(by: Principal, device: string): void {
    this.#rights(by, 'Revoking the key of a robot').checkDevice(device);
    const nowMs = this.#nowMs();
    const key = this.#store.robotKey(device);
    const join = this.#store.joins().find((record) => record.device === device);
    const waits = join !== undefined && isPending(join, nowMs);
    const plain = this.#store.deviceToken(device);
    if (key === undefined && plain === undefined && !waits) throw keyUnknown(device);
    if (waits) this.#store.putJoin({ ...join, expiresMs: nowMs });
    if (key !== undefined && key.revokedMs === undefined) this.#store.putRobotKey({ ...key, revokedMs: nowMs });
    if (plain !== undefined && plain.revokedMs === undefined)
      this.#store.putDeviceToken({ ...plain, revokedMs: nowMs });
    this.#audit.record({ what: 'device.revoke', principal: by.name, device });
    this.#sessions.end(deviceSession(device), 'ACCESS_REVOKED');
  }

  #used({ device, createdBy }: JoinRecord, publicKey: string): Joined {
    const key = this.#store.robotKey(device);
    if (key?.publicKey === publicKey && key.revokedMs === undefined) return { key, isRepeated: true };
    const code = 'JOIN_TOKEN_USED';
    this.#audit.record({ what: 'device.join', principal: createdBy, device, outcome: 'failed', code });
    throw joinTokenUsed();
  }

  #rights(by: Principal, what: string): Rights {
    const rights = Rights.of(by);
    rights.checkRole('admin', what);
    return rights;
  }

  #nowMs(): number {
    return Number(this.#clock.wallNs() / 1_000_000n);
  }
}

const isPending = ({ usedMs, expiresMs }: JoinRecord, nowMs: number): boolean =>
  usedMs === undefined && nowMs < expiresMs;
