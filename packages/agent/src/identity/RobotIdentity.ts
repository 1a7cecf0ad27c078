import { isDeviceId, serverNameSchema } from '@longline/line';
import { z } from 'zod';

/** Who a robot is to the server that it joined, as it is kept in `identity.json` of its state folder. */
export const robotIdentitySchema = z.object({
  device: z.string().refine(isDeviceId, 'is not a device ID'),
  /** Name of the server: it signs for no other. */
  server: serverNameSchema,
  /** Where it joined: `http:` or `https:`. */
  url: z.url({ protocol: /^https?$/ }).max(2_048),
  /** Ed25519, PKCS#8 in PEM. */
  privateKey: z.string().min(1).max(4_096),
  /** Own certificate authority, in PEM, where it joined with one. */
  ca: z.string().max(65_536).optional(),
});
export type RobotIdentity = z.infer<typeof robotIdentitySchema>;
