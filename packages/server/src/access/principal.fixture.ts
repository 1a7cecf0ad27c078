import { everything } from './Principal.ts';
import type { Principal, Role, Scope } from './Principal.ts';

/** Somebody for the tests: everything unless it is limited. */
export const somebody = (role: Role, scope: Partial<Scope> = {}, name = `a ${role}`): Principal => ({
  id: `id of ${name}`,
  name,
  role,
  scope: { ...everything, ...scope },
});
