import { z } from 'zod';
import { roles } from '../access/Principal.ts';

const patterns = z.array(z.string().min(1).max(256)).max(100);
const time = z.string().describe('ISO 8601');

export const role = z.enum(roles).describe('viewer: look; operator: command robots too; admin: say who may');

/** On what a token is good; what is left out is everything. */
export const scopeFields = {
  devices: patterns.optional().describe('Devices: IDs and patterns like truck-*. Default: all'),
  read: patterns
    .optional()
    .describe('Topics and parameters it may read: patterns like /odom or /camera/**. Default: all'),
  write: patterns.optional().describe('Topics, services and parameters it may publish on, call and set. Default: all'),
};

/** 10 years. */
const MAX_EXPIRY_MS = 315_360_000_000;

export const expiresInMs = z
  .number()
  .int()
  .min(1_000)
  .max(MAX_EXPIRY_MS)
  .nullable()
  .describe('Milliseconds from now; null: never');

export const principalShape = z.object({
  name: z.string(),
  role,
  devices: patterns,
  read: patterns,
  write: patterns,
  expires: time.nullable().describe('ISO 8601; null: never'),
});

export const tokenShape = principalShape.extend({
  created: time,
  createdBy: z.string(),
  connections: z.number().describe('Open now with this token: WebSockets of readers, and streams'),
});
