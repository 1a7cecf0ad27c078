import type { Clock } from '@longline/ros';
import type { Rights } from '../access/Rights.ts';
import type { AuditSink } from '../motion/AuditSink.ts';
import { Authenticator } from './Authenticator.ts';
import type { CredentialStore } from './CredentialStore.ts';
import { DeviceTokens } from './DeviceTokens.ts';
import { FailedLogins } from './FailedLogins.ts';
import { PlainAdmission } from './PlainAdmission.ts';
import { RobotKeys } from './RobotKeys.ts';
import { Sessions } from './Sessions.ts';
import { Tokens } from './Tokens.ts';

/** What decides who is let in works on. */
export interface AccessOptions {
  readonly store: CredentialStore;
  readonly clock: Clock;
  readonly audit: AuditSink;
  /** Ends what the principal of this ID does with robots, where these rights do not allow it. */
  readonly revoke: (id: string, rights: Rights | undefined) => void;
}

/** What decides who is let in, and shows them out. */
export interface Access {
  readonly authenticator: Authenticator;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly robotKeys: RobotKeys;
  readonly deviceTokens: DeviceTokens;
  readonly plainAdmission: PlainAdmission;
  readonly failedLogins: FailedLogins;
  /** Leaves no timer. Idempotent. */
  readonly close: () => void;
}

/** Makes what decides who is let in. */
export function openAccess({ store, clock, audit, revoke }: AccessOptions): Access {
  const sessions = new Sessions();
  const failed = new FailedLogins(audit, clock);
  const authenticator = new Authenticator({
    store,
    clock,
    handleFailure: (address, code) => failed.handleFailure(address, code),
  });
  const tokens = new Tokens({
    store,
    clock,
    audit,
    handleEnded: (id, why, rights) => {
      // The robots stop by what is given back here, before the connections end.
      revoke(id, rights);
      sessions.end(id, why);
    },
  });
  const robotKeys = new RobotKeys({
    store,
    clock,
    audit,
    sessions,
    handleFailure: (address, code) => {
      failed.handleFailure(address, code);
      authenticator.failures.count(address);
    },
  });
  return {
    authenticator,
    sessions,
    tokens,
    robotKeys,
    deviceTokens: new DeviceTokens({ store, clock, audit, sessions }),
    plainAdmission: new PlainAdmission({
      store,
      failures: authenticator.failures,
      handleFailure: (address, code, device) => failed.handleFailure(address, code, device),
    }),
    failedLogins: failed,
    close: () => {
      tokens.stop();
      failed.stop();
    },
  };
}
