import { z } from 'zod';
import { joinedAlready } from '../../credentials/joinErrors.ts';
import { keyFingerprint } from '../../credentials/keyFingerprint.ts';
import type { App, RouteContext } from '../App.ts';
import { sendJson } from '../App.ts';
import { answers } from '../shapes.ts';

const joinBody = z.strictObject({
  token: z.string().min(1).max(128).describe('The join token, `lj_` and 43 characters'),
  publicKey: z.string().min(1).max(128).describe('The Ed25519 public key of the robot: 32 bytes in base64url'),
  signature: z
    .string()
    .min(1)
    .max(128)
    .describe('By that key over the UTF-8 text `longline.v1 join`, LF, token, LF, publicKey: 64 bytes in base64url'),
});

const joinedShape = z.object({
  device: z.string(),
  server: z.string().describe('Name of this server, as the robot signs it from now on'),
  serverUrl: z.string().optional().describe('Where robots reach this server, if it was told'),
  fingerprint: z.string().describe('Of the key, as `GET /api/v1/keys` shows it'),
});

/** `POST /api/v1/join`: a robot brings its public key and a one-time token. */
export function joinRoute(app: App, context: RouteContext): void {
  app.post(
    '/api/v1/join',
    {
      bodyLimit: 4_096,
      schema: {
        summary: 'Join as a robot, with a one-time token',
        description:
          'Whose answer was lost may send the same again: `JOIN_TOKEN_USED` with `sameKey: true` and what was answered then means done.',
        tags: ['devices'],
        body: joinBody,
        response: answers(joinedShape),
      },
    },
    async (request, reply) => {
      const { key, isRepeated } = await context.robotKeys.join(request.body, request.clientAddress);
      const { serverName, publicUrl } = context;
      const serverUrl = publicUrl === undefined ? {} : { serverUrl: publicUrl };
      const fingerprint = keyFingerprint(key.publicKey);
      const joined = { device: key.device, server: serverName, ...serverUrl, fingerprint };
      if (isRepeated) throw joinedAlready(joined);
      sendJson(reply, joined);
      return reply;
    },
  );
}
