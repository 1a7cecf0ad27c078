import { systemClock } from '@longline/ros';
import type { Clock } from '@longline/ros';
import { localAdministrator } from '../access/Principal.ts';
import { openCredentials } from '../store/sqlite/openCredentials.ts';
import { Tokens } from './Tokens.ts';

/** What {@link initCredentials} did. */
export interface InitialCredentials {
  /** Of an administrator of everything, that never expires. It is not kept: this is the only time it is there. */
  readonly token: string;
  /** Whether the directory had an administrator before. */
  readonly wasLocked: boolean;
}

/**
 * Makes a token of an administrator in a data directory, which is made where it is missing; a server that starts there is locked
 * from then on. Works beside a running server: one that is locked takes the token at once. Rejects with `STORE_UNUSABLE`,
 * `TOKEN_NAME_TAKEN`, `REQUEST_INVALID`.
 */
export async function initCredentials(
  directory: string,
  { name = 'admin', clock = systemClock }: { readonly name?: string | undefined; readonly clock?: Clock } = {},
): Promise<InitialCredentials> {
  const store = await openCredentials(directory);
  const nothing = (): void => undefined;
  const tokens = new Tokens({ store, clock, audit: { record: nothing }, handleEnded: nothing });
  try {
    const wasLocked = store.isLocked;
    const { token } = tokens.add(localAdministrator, { name, role: 'admin', expiresMs: undefined });
    return { token, wasLocked };
  } finally {
    tokens.stop();
    store.close();
  }
}
