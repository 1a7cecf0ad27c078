import { describe, it } from 'vitest';
import { peerIsMissing } from './peerIsMissing.ts';
import type { PeerName } from './peerIsMissing.ts';

/**
 * `describe` for tests that need a real program: they run where it is installed; where it is not they are skipped with
 * the reason in their title, or fail when `CI=true`, so that a build server never passes by skipping.
 */
export function describeWithPeer(name: PeerName, title: string, body: () => void): void {
  const missing = peerIsMissing(name);
  if (missing === undefined) {
    describe(title, body);
  } else if (process.env['CI'] === 'true') {
    describe(title, () => {
      it(`needs ${name}`, () => {
        throw new Error(`${missing}; with CI=true a missing peer is a failure.`);
      });
    });
  } else {
    describe.skip(`${title} [skipped: ${missing}]`, body);
  }
}
