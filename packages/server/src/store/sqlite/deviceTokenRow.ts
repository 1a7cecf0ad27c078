import { z } from 'zod';
import type { DeviceTokenRecord } from '../../credentials/CredentialStore.ts';

const row = z.object({
  device: z.string(),
  hash: z.string(),
  unguarded: z.number(),
  created_by: z.string(),
  created_ms: z.number(),
  revoked_ms: z
    .number()
    .nullable()
    .transform((ms) => ms ?? undefined),
});

/** Throws when the row is none that this server could have written. */
export function deviceTokenOfRow(value: unknown): DeviceTokenRecord {
  const { device, hash, unguarded, ...rest } = row.parse(value);
  const { created_by: createdBy, created_ms: createdMs, revoked_ms: revokedMs } = rest;
  return { device, hash, isUnguarded: unguarded !== 0, createdBy, createdMs, revokedMs };
}

/** In the order of the table's columns. */
export const deviceTokenValues = (token: DeviceTokenRecord): (string | number | null)[] => [
  token.device,
  token.hash,
  token.isUnguarded ? 1 : 0,
  token.createdBy,
  token.createdMs,
  token.revokedMs ?? null,
];
