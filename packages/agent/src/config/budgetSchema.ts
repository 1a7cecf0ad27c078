import { z } from 'zod';

const MIN_BUDGET_BYTES = 1024 * 1024;
const bytes = z.int().min(MIN_BUDGET_BYTES).max(Number.MAX_SAFE_INTEGER);

/** How many bytes may be sent in 24 hours, at least 1 MiB; `control` is never cut. */
export const budgetSchema = z.strictObject({
  /** Of all lanes together. */
  bytesPerDay: bytes,
  /** Of single lanes, besides. Default: the common bound alone. */
  lanes: z.strictObject({ state: bytes.optional(), telemetry: bytes.optional(), bulk: bytes.optional() }).prefault({}),
});
export type BudgetConfig = z.output<typeof budgetSchema>;
