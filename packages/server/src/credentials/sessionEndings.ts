import type { SessionEnd } from './Sessions.ts';

/** What is told with the end of somebody's connection. */
export const sessionEndings: Readonly<Record<SessionEnd, string>> = {
  ACCESS_REVOKED: 'the token of this connection was revoked',
  RIGHTS_CHANGED: 'the rights of the token changed; connect again',
  TOKEN_EXPIRED: 'the token of this connection has expired',
};
