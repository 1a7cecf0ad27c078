import { ServerError } from '../errors.ts';

/** The fencing token that a door's address names, `?lease=TOKEN`; undefined where it names none. Throws `REQUEST_INVALID`. */
export function leaseTokenOf(url: string): number | undefined {
  const start = url.indexOf('?');
  const text = start === -1 ? null : new URLSearchParams(url.slice(start)).get('lease');
  if (text === null) return undefined;
  const token = Number(text);
  if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(token) && token > 0) return token;
  throw new ServerError(
    'REQUEST_INVALID',
    `lease is ${JSON.stringify(text.slice(0, 64))} in the address; write the token of a lease, a whole number that taking it gave.`,
    { details: { field: 'lease' } },
  );
}
