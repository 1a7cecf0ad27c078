import { ServerError } from '../errors.ts';

const secret = /(?<![A-Za-z0-9])l[ljd]_[\w-]{20}/;
/** Names under which programs send secrets. A lease's token is a number and none. */
const secretParameter = /[?&](?:access_)?token=(?!\d*(?:&|$))/i;

/** Addresses are kept by logs, proxies and browsers' histories. Throws `TOKEN_IN_URL`. */
export function refuseTokenInUrl(url: string): void {
  const text = url.includes('%') ? decoded(url) : url;
  if (!secret.test(text) && !secretParameter.test(text)) return;
  throw new ServerError(
    'TOKEN_IN_URL',
    'A token stood in the address, where logs and histories keep it. Revoke it and make another; send it as "Authorization: Bearer", or use a ticket of POST /api/v1/tickets.',
  );
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}
