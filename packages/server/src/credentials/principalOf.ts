import type { Principal } from '../access/Principal.ts';
import type { TokenRecord } from './CredentialStore.ts';

const principals = new WeakMap<TokenRecord, Principal>();

/** Who comes with this token: one object to a record, for as long as the record is not changed. */
export function principalOf(record: TokenRecord): Principal {
  let principal = principals.get(record);
  if (principal === undefined) {
    const { id, name, role, scope } = record;
    principals.set(record, (principal = { id, name, role, scope }));
  }
  return principal;
}
