import type { Principal } from '../access/Principal.ts';
import { ServerError } from '../errors.ts';

/** Whether somebody may say who may what: an administrator of part of the robots could otherwise give itself the rest. */
export const isManager = ({ role, scope }: Pick<Principal, 'role' | 'scope'>): boolean =>
  role === 'admin' && scope.devices.includes('*') && scope.read.includes('/**') && scope.write.includes('/**');

/** Throws `FORBIDDEN`. */
export function checkManager(principal: Principal): void {
  if (isManager(principal)) return;
  throw new ServerError(
    'FORBIDDEN',
    `The token ${principal.name} (${principal.role}) does not allow this: tokens are managed by administrators whose devices, read and write are not limited.`,
  );
}
