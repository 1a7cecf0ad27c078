import { parseDeviceId } from '@longline/line';
import { z } from 'zod';
import type { DeviceTokenRecord } from '../../credentials/CredentialStore.ts';
import type { RobotKeyInfo } from '../../credentials/RobotKeys.ts';
import type { App, RouteContext } from '../App.ts';
import { sendJson } from '../App.ts';
import { answers, clonedShape, deviceParams } from '../shapes.ts';

const time = z.string().describe('ISO 8601');

const keyShape = z.object({
  device: z.string(),
  fingerprint: z.string().optional().describe('16 characters of the SHA-256 of its key; absent before it joined'),
  joined: time.optional(),
  revoked: time.optional(),
  pendingUntil: time.optional().describe('Until when a join token waits to be used'),
  plain: z
    .object({ unguarded: z.boolean(), created: time, revoked: time.optional() })
    .optional()
    .describe('Of a device without an agent: it has a token instead of a key'),
  cloned: clonedShape.optional(),
});

type PlainShape = NonNullable<z.infer<typeof keyShape>['plain']>;

/** `GET /api/v1/keys`: which robots have joined, or may. */
export function keysRoute(app: App, context: RouteContext): void {
  app.get(
    '/api/v1/keys',
    {
      schema: {
        summary: 'The keys of the robots, and which may join',
        tags: ['devices'],
        response: answers(z.object({ keys: z.array(keyShape) })),
      },
    },
    (request, reply) => {
      const cloned = new Map(
        context
          .fleetOf(request)
          .devices()
          .map((device) => [device.id, device.cloned]),
      );
      const keys = context.robotKeys.list(context.principalOf(request));
      sendJson(reply, { keys: keys.map((info) => ({ ...shown(info), cloned: cloned.get(info.device) })) });
    },
  );
}

/** `DELETE /api/v1/devices/:id/key`: the robot is let in no more. */
export function revokeKeyRoute(app: App, context: RouteContext): void {
  app.delete(
    '/api/v1/devices/:id/key',
    {
      schema: {
        summary: 'Revoke the key of a robot: its line ends at once',
        description: 'A join token that waits to be used is worth nothing from then on.',
        tags: ['devices'],
        params: deviceParams,
        response: answers(z.object({ device: z.string(), revoked: z.literal(true) })),
      },
    },
    (request, reply) => {
      const device = parseDeviceId(request.params.id);
      context.robotKeys.revoke(context.principalOf(request), device);
      sendJson(reply, { device, revoked: true });
    },
  );
}

const iso = (ms: number): string => new Date(ms).toISOString();

const plainOf = ({ isUnguarded, createdMs, revokedMs }: DeviceTokenRecord): PlainShape => ({
  unguarded: isUnguarded,
  created: iso(createdMs),
  ...(revokedMs === undefined ? {} : { revoked: iso(revokedMs) }),
});

const shown = ({ device, key, fingerprint, pendingUntilMs, plain }: RobotKeyInfo): z.infer<typeof keyShape> => ({
  device,
  ...(key === undefined ? {} : { fingerprint, joined: iso(key.joinedMs) }),
  ...(key?.revokedMs === undefined ? {} : { revoked: iso(key.revokedMs) }),
  ...(plain === undefined ? {} : { plain: plainOf(plain) }),
  ...(pendingUntilMs === undefined ? {} : { pendingUntil: iso(pendingUntilMs) }),
});
