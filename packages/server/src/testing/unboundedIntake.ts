import { IntakeBudget } from '../transport/IntakeBudget.ts';

/** For hosts of sessions whose tests are not about rates. */
export const unboundedIntake = {
  admitsLine: (): boolean => true,
  intakeOf: (): IntakeBudget => budget,
  readerIntakeOf: (): IntakeBudget => budget,
};

const budget = new IntakeBudget({
  recordsPerSecond: Number.POSITIVE_INFINITY,
  bytesPerSecond: Number.POSITIVE_INFINITY,
});
