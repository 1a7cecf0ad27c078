import helmet from '@fastify/helmet';
import { fastify } from 'fastify';

/** What every answer of the server carries, pages, errors and refused upgrades alike. */
export type SecurityHeaders = Readonly<Record<string, string>>;

/** So long a browser comes back over TLS only, in seconds. */
const HSTS_SECONDS = 31_536_000;

/**
 * The headers that keep browsers from doing with an answer what nobody meant: nothing is loaded or framed, no address is told
 * to others, types are not guessed. With `secure` a browser never comes back without TLS. Made once: helmet makes them
 * anew for every answer.
 */
export async function securityHeaders({ secure }: { readonly secure: boolean }): Promise<SecurityHeaders> {
  const app = fastify();
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: secure ? { maxAge: HSTS_SECONDS, includeSubDomains: false } : false,
  });
  app.get('/', (_request, reply) => reply.send());
  const { headers } = await app.inject('/');
  await app.close();
  const ofHelmet = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && !ofEveryAnswer.has(name) ? [[name, value]] : [],
  );
  return Object.fromEntries(ofHelmet);
}

/** Headers that the answer has besides. */
const ofEveryAnswer = new Set(['connection', 'content-length', 'date']);
