import type { CredentialStore } from './CredentialStore.ts';
import { deviceTokenNeeded, deviceTokenRevoked, deviceTokenUnknown } from './deviceTokenErrors.ts';
import type { FailureLimit } from './FailureLimit.ts';
import { secretHash } from './secretHash.ts';

/** What a {@link PlainAdmission} is given. */
export interface PlainAdmissionOptions {
  readonly store: Pick<CredentialStore, 'isLocked' | 'deviceToken'>;
  /** Of wrong log-ins of all kinds. */
  readonly failures: FailureLimit;
  readonly handleFailure: (address: string, code: string, device: string) => void;
}

/** What comes with the upgrade of a plain device. */
export interface PlainCredentials {
  readonly device: string;
  /** The header of that name. */
  readonly authorization: string | undefined;
  /** Of the device, behind the proxies that are trusted. */
  readonly address: string;
}

const bearer = /^bearer +(\S+) *$/i;

/** Says whether a plain device is the one that it names. Whether the server is locked is decided when this is made. */
export class PlainAdmission {
  readonly #options: PlainAdmissionOptions;
  readonly #isLocked: boolean;

  constructor(options: PlainAdmissionOptions) {
    this.#options = options;
    this.#isLocked = options.store.isLocked;
  }

  /**
   * An unlocked server lets every ID in; what moves, only where it was registered. Throws `CREDENTIAL_NEEDED`, `TOKEN_UNKNOWN`, `TOKEN_REVOKED`,
   * `TOO_MANY_FAILURES`.
   */
  admit({ device, authorization, address }: PlainCredentials): { readonly isUnguarded: boolean } {
    const record = this.#options.store.deviceToken(device);
    if (!this.#isLocked) return { isUnguarded: record?.revokedMs === undefined && record?.isUnguarded === true };
    const token = bearer.exec(authorization ?? '')?.[1];
    if (token === undefined) throw deviceTokenNeeded(device);
    if (record?.hash !== secretHash(token)) {
      const error = deviceTokenUnknown(device);
      this.#options.handleFailure(address, error.code, device);
      this.#options.failures.count(address);
      throw error;
    }
    if (record.revokedMs !== undefined) throw deviceTokenRevoked(device);
    return { isUnguarded: record.isUnguarded };
  }
}
