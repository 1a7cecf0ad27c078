import { LonglineError } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LeaseRenewal } from './LeaseRenewal.ts';

const HOLD_MS = 900;

/** What happens to a program that holds a lease. */
type Step =
  | { readonly kind: 'advance' | 'stall'; readonly ms: number }
  /** From now on renewals are confirmed so late, fail for now, or are never answered. */
  | { readonly kind: 'answer'; readonly how: 'confirm' | 'fail' | 'silence' | 'lost'; readonly delayMs: number }
  | { readonly kind: 'connected' | 'check' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('advance', 'stall'), ms: fc.integer({ min: 0, max: 1_500 }) }),
  fc.record({
    kind: fc.constant('answer'),
    how: fc.constantFrom('confirm', 'fail', 'silence', 'lost'),
    delayMs: fc.integer({ min: 0, max: 1_200 }),
  }),
  fc.record({ kind: fc.constantFrom('connected', 'check') }),
);

test('whatever happens, a lease counts as held only within a hold of a confirmed word, and is lost once and for good', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const clock = new FakeClock();
      let [how, delayMs]: [string, number] = ['confirm', 0];
      /** When the newest confirmed word was made, as the other side knows it. */
      let confirmedMs = 0;
      let [lost, sentAfterLoss] = [0, 0];
      const renew = (): Promise<void> => {
        const madeMs = clock.monotonicMs();
        const answer = Promise.withResolvers<undefined>();
        if (lost > 0) sentAfterLoss++;
        const [now, after] = [how, delayMs];
        if (now === 'silence') return answer.promise;
        clock.after(after, () => {
          if (now === 'confirm') {
            confirmedMs = Math.max(confirmedMs, madeMs);
            answer.resolve(undefined);
          } else {
            answer.reject(new LonglineError(now === 'lost' ? 'LEASE_LOST' : 'LINE_CLOSED', now));
          }
        });
        return answer.promise;
      };
      const renewal = new LeaseRenewal({ clock, holdMs: HOLD_MS, madeMs: 0, renew, handleLost: () => lost++ });
      for (const done of steps) {
        if (done.kind === 'advance') await clock.advance(done.ms);
        else if (done.kind === 'stall') clock.stall(done.ms);
        else if (done.kind === 'answer') [how, delayMs] = [done.how, done.delayMs];
        else if (done.kind === 'connected') renewal.handleConnected();
        if (renewal.check()) expect(clock.monotonicMs() - confirmedMs).toBeLessThan(HOLD_MS);
        else expect(lost).toBe(1);
      }
      how = 'silence';
      await clock.advance(2_500);
      await clock.advance(HOLD_MS);
      expect([renewal.check(), lost, sentAfterLoss]).toEqual([false, 1, 0]);
      renewal.end();
    }),
    { numRuns: 300 },
  );
});
