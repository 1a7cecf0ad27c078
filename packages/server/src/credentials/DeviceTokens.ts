import type { Clock } from '@longline/ros';
import type { Principal } from '../access/Principal.ts';
import { Rights } from '../access/Rights.ts';
import type { AuditSink } from '../motion/AuditSink.ts';
import type { CredentialStore, DeviceTokenRecord } from './CredentialStore.ts';
import { hasAgentKey, tokenLimit } from './deviceTokenErrors.ts';
import { deviceSession } from './RobotAdmission.ts';
import { newSecret, secretHash } from './secretHash.ts';
import type { Sessions } from './Sessions.ts';

/** Plain devices that have a token or had one; one more is refused with `TOO_MANY_REQUESTS`. */
const MAX_DEVICES = 100_000;

/** What {@link DeviceTokens} are given. */
export interface DeviceTokensOptions {
  readonly store: CredentialStore;
  readonly clock: Clock;
  readonly audit: AuditSink;
  readonly sessions: Sessions;
}

/** The tokens of plain devices, which have no agent and no key. */
export class DeviceTokens {
  readonly #options: DeviceTokensOptions;

  constructor(options: DeviceTokensOptions) {
    this.#options = options;
  }

  /**
   * Registers a plain device, or gives it another token: the one before is good no more, and its connection ends. The token itself is known to who asked for it alone.
   * Whether it is `isUnguarded` stays as it was where that is left out. Throws `FORBIDDEN`, `DEVICE_UNKNOWN`, `DEVICE_KIND`, `TOO_MANY_REQUESTS`.
   */
  add(by: Principal, device: string, isUnguarded?: boolean): { readonly token: string; readonly isUnguarded: boolean } {
    const { store, clock, audit, sessions } = this.#options;
    const rights = Rights.of(by);
    rights.checkRole('admin', 'Registering a plain device');
    rights.checkDevice(device);
    const nowMs = Number(clock.wallNs() / 1_000_000n);
    if (hasAgent(store, device, nowMs)) throw hasAgentKey(device);
    const known = live(store.deviceToken(device));
    if (store.deviceToken(device) === undefined && store.deviceTokens().length >= MAX_DEVICES)
      throw tokenLimit(MAX_DEVICES);
    const token = newSecret('ld_');
    const record: DeviceTokenRecord = {
      device,
      hash: secretHash(token),
      isUnguarded: isUnguarded ?? known?.isUnguarded ?? false,
      createdBy: by.name,
      createdMs: nowMs,
      revokedMs: undefined,
    };
    store.putDeviceToken(record);
    const details = { plain: true, unguarded: record.isUnguarded };
    audit.record({ what: 'device.add', principal: by.name, device, details });
    sessions.end(deviceSession(device), 'ACCESS_REVOKED');
    return { token, isUnguarded: record.isUnguarded };
  }
}

/** Whether an agent may connect under this ID, or join. */
function hasAgent(store: CredentialStore, device: string, nowMs: number): boolean {
  const key = store.robotKey(device);
  if (key !== undefined && key.revokedMs === undefined) return true;
  return store.joins().some((join) => join.device === device && join.usedMs === undefined && nowMs < join.expiresMs);
}

const live = (record: DeviceTokenRecord | undefined): DeviceTokenRecord | undefined =>
  record?.revokedMs === undefined ? record : undefined;
