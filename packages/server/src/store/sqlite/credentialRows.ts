import { z } from 'zod';
import { roles } from '../../access/Principal.ts';
import type { JoinRecord, RobotKeyRecord, TokenRecord } from '../../credentials/CredentialStore.ts';

const time = z
  .number()
  .nullable()
  .transform((ms) => ms ?? undefined);
const patterns = z.array(z.string());
const scopeSchema = z.strictObject({ devices: patterns, read: patterns, write: patterns });

/** Rows as they are read: the file may be anything. */
const tokenRow = z.object({
  id: z.string(),
  name: z.string(),
  hash: z.string(),
  role: z.enum(roles),
  scope: z.string(),
  created_ms: z.number(),
  created_by: z.string(),
  expires_ms: time,
  revoked_ms: time,
});
const keyRow = z.object({ device: z.string(), public_key: z.string(), joined_ms: z.number(), revoked_ms: time });
const joinRow = z.object({
  device: z.string(),
  hash: z.string(),
  created_by: z.string(),
  expires_ms: z.number(),
  used_ms: time,
});

type Values = (string | number | null)[];

/** Throws when the row is none that this server could have written. */
export function tokenOfRow(row: unknown): TokenRecord {
  const { id, name, hash, role, ...rest } = tokenRow.parse(row);
  const scope = scopeSchema.parse(JSON.parse(rest.scope));
  const { created_ms: createdMs, created_by: createdBy, expires_ms: expiresMs, revoked_ms: revokedMs } = rest;
  return { id, name, hash, role, scope, createdMs, createdBy, expiresMs, revokedMs };
}

/** In the order of the table's columns. */
export function tokenValues(token: TokenRecord): Values {
  const { id, name, hash, role, scope, createdMs, createdBy, expiresMs, revokedMs } = token;
  return [id, name, hash, role, JSON.stringify(scope), createdMs, createdBy, expiresMs ?? null, revokedMs ?? null];
}

/** Throws as {@link tokenOfRow}. */
export function keyOfRow(row: unknown): RobotKeyRecord {
  const { device, public_key: publicKey, joined_ms: joinedMs, revoked_ms: revokedMs } = keyRow.parse(row);
  return { device, publicKey, joinedMs, revokedMs };
}

/** In the order of the table's columns. */
export const keyValues = ({ device, publicKey, joinedMs, revokedMs }: RobotKeyRecord): Values => [
  device,
  publicKey,
  joinedMs,
  revokedMs ?? null,
];

/** Throws as {@link tokenOfRow}. */
export function joinOfRow(row: unknown): JoinRecord {
  const { device, hash, created_by: createdBy, expires_ms: expiresMs, used_ms: usedMs } = joinRow.parse(row);
  return { device, hash, createdBy, expiresMs, usedMs };
}

/** In the order of the table's columns. */
export const joinValues = ({ device, hash, createdBy, expiresMs, usedMs }: JoinRecord): Values => [
  device,
  hash,
  createdBy,
  expiresMs,
  usedMs ?? null,
];
