import { isLonglineError } from '@longline/ros';
import { readFileSync } from 'node:fs';
import { ClaimBroken } from './FuzzTarget.ts';

/** Every code that docs/errors.md explains. */
export const documentedCodes: ReadonlySet<string> = new Set(
  [...readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8').matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(
    ([, code]) => code ?? '',
  ),
);

/** Runs what may refuse its input: with a documented code that is not `INTERNAL`, and in no other way. Tells whether it took it. */
export function takesOrRefuses(act: () => void, ...alsoAllowed: readonly (new (...args: never[]) => Error)[]): boolean {
  try {
    act();
    return true;
  } catch (error) {
    checkRefusal(error, ...alsoAllowed);
    return false;
  }
}

/** Throws what is no refusal. */
export function checkRefusal(error: unknown, ...alsoAllowed: readonly (new (...args: never[]) => Error)[]): void {
  if (alsoAllowed.some((kind) => error instanceof kind)) return;
  if (!isLonglineError(error)) throw error;
  if (error.code === 'INTERNAL' || !documentedCodes.has(error.code)) {
    throw new ClaimBroken(`the code ${error.code} is no refusal that docs/errors.md explains: ${error.message}`, {
      cause: error,
    });
  }
}
