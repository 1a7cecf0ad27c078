import { z } from 'zod';
import { fail, ok, warn, why } from './Finding.ts';
import type { Finding } from './Finding.ts';
import { told } from './checkServer.ts';
import type { Machine } from './Machine.ts';

const DAY_MS = 86_400_000;
/** A token that expires sooner is spoken of, in days. */
const EXPIRY_DAYS = 14;

const whoami = z.object({
  name: z.string(),
  role: z.string(),
  expires: z.string().nullish(),
  locked: z.boolean().optional(),
});

/** Who one is at a server, and for how long. */
export async function checkLogin(
  machine: Machine,
  { ca, token, url }: { readonly url: string; readonly token: string | undefined; readonly ca?: string | undefined },
): Promise<Finding[]> {
  const where = new URL('/api/v1/whoami', url.replace(/^ws/, 'http'));
  try {
    const { body, status } = await machine.get(where.href, { token, ca });
    if (status !== 200) return [refused(status, body, token !== undefined, where.origin)];
    const { expires, locked, name, role } = whoami.parse(JSON.parse(body));
    if (locked === false) {
      const advice =
        'That is for one machine alone. To lock it: longline init --data DIR, and start the server with --data DIR.';
      return [warn('login', `${where.origin} asks nobody for a token: everybody is its administrator`, advice)];
    }
    const days =
      typeof expires === 'string' ? Math.floor((Date.parse(expires) - machine.wallMs()) / DAY_MS) : undefined;
    if (days !== undefined && days < EXPIRY_DAYS) {
      return [
        warn(
          'login',
          `${name} (${role}), for ${days} more days`,
          'Ask an administrator for a new token, then run longline login.',
        ),
      ];
    }
    return [ok('login', `${name} (${role})${days === undefined ? '' : `, for ${days} more days`}`)];
  } catch (error) {
    return [
      fail('login', `${where.origin} does not tell who one is: ${why(error)}`, 'Is the server of an older version?'),
    ];
  }
}

function refused(status: number, body: string, hasToken: boolean, origin: string): Finding {
  const { code = String(status), message } = told(body);
  if (!hasToken) {
    return warn(
      'login',
      `there is no token for ${origin}`,
      `To read or command robots from here: longline login ${origin}`,
    );
  }
  return fail(
    'login',
    `the token for ${origin} is refused: ${code}`,
    message === '' ? `longline login ${origin}` : message,
  );
}
