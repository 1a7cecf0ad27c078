import type { Role, Scope } from '../access/Principal.ts';

/** A token of a person or program, as it is kept: the token itself is not. */
export interface TokenRecord {
  /** Random, never given twice: the ID of its principal. */
  readonly id: string;
  /** Unique among the tokens that are not revoked; 1 to 64 characters `A-Z a-z 0-9 . _ @ -`; never `local`. */
  readonly name: string;
  /** SHA-256 of the token, 64 hexadecimal digits. */
  readonly hash: string;
  readonly role: Role;
  readonly scope: Scope;
  /** Wall times in milliseconds since 1970. */
  readonly createdMs: number;
  readonly createdBy: string;
  /** Undefined: it does not expire. */
  readonly expiresMs: number | undefined;
  readonly revokedMs: number | undefined;
}

/** The key of a robot. */
export interface RobotKeyRecord {
  readonly device: string;
  /** Raw Ed25519 public key, 32 bytes, base64url. */
  readonly publicKey: string;
  readonly joinedMs: number;
  readonly revokedMs: number | undefined;
}

/** A one-time permission to join, as it is kept. At most one per device: a newer one takes the place of the older. */
export interface JoinRecord {
  readonly device: string;
  /** SHA-256 of the join token, 64 hexadecimal digits. */
  readonly hash: string;
  readonly createdBy: string;
  readonly expiresMs: number;
  readonly usedMs: number | undefined;
}

/** The token of a plain device, as it is kept: the token itself is not. */
export interface DeviceTokenRecord {
  readonly device: string;
  /** SHA-256 of the token, 64 hexadecimal digits. */
  readonly hash: string;
  /** It may be moved although no deadman stops it. */
  readonly isUnguarded: boolean;
  readonly createdBy: string;
  readonly createdMs: number;
  readonly revokedMs: number | undefined;
}

/**
 * What a server knows of who may what. Reads are answered at once, from memory where they are frequent; a write has been made durable
 * when it returns. Throws `STORE_UNUSABLE` where it cannot be.
 */
export interface CredentialStore {
  /** Whether there was ever an administrator's token: then the server is locked. */
  readonly isLocked: boolean;
  /** Also what another process wrote meanwhile (`longline init` beside a running server). */
  findToken(hash: string): TokenRecord | undefined;
  tokens(): readonly TokenRecord[];
  /** Puts a new one, or the changed one of that ID. */
  putToken(token: TokenRecord): void;
  /** Whoever comes with it is told nothing of it from then on. */
  forgetToken(id: string): void;
  robotKey(device: string): RobotKeyRecord | undefined;
  robotKeys(): readonly RobotKeyRecord[];
  putRobotKey(key: RobotKeyRecord): void;
  findJoin(hash: string): JoinRecord | undefined;
  joins(): readonly JoinRecord[];
  putJoin(join: JoinRecord): void;
  /** Uses a join token and registers the key in one step; says false when it was used meanwhile. */
  join(hash: string, key: RobotKeyRecord): boolean;
  deviceToken(device: string): DeviceTokenRecord | undefined;
  deviceTokens(): readonly DeviceTokenRecord[];
  /** In place of the one that the device had. */
  putDeviceToken(token: DeviceTokenRecord): void;
  close(): void;
}
