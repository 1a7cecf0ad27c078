import { request } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Target } from './orders.ts';

/** Asks the HTTP API; rejects with what it refuses. */
export function api(
  { url, ca }: Target,
  method: string,
  path: string,
  { token, body }: { readonly token?: string; readonly body?: unknown } = {},
): Promise<Record<string, unknown>> {
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  return new Promise((resolve, reject) => {
    const ask = (ca === undefined ? request : requestTls)(url + path, { method, headers, ca }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as Record<string, unknown>);
        else reject(new Error(`${method} ${path}: ${text}`));
      });
    });
    ask.on('error', reject);
    ask.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
