import { fail, ok } from './Finding.ts';
import type { Finding } from './Finding.ts';
import type { Machine } from './Machine.ts';

/** The lowest version on which everything runs. */
const NEEDED_MAJOR = 24;

/** The Node.js that runs this. */
export function checkNode({ nodeVersion }: Pick<Machine, 'nodeVersion'>): Finding {
  const [major = 0] = nodeVersion.replace(/^v/, '').split('.').map(Number);
  return major >= NEEDED_MAJOR
    ? ok('node', nodeVersion)
    : fail('node', `${nodeVersion} is too old`, `Install Node.js ${NEEDED_MAJOR} or newer.`);
}
