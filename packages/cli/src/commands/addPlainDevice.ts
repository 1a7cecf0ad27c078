import { z } from 'zod';
import type { ServerApi } from '../ServerApi.ts';
import type { Terminal } from '../Terminal.ts';

const tokenSchema = z.object({
  device: z.string(),
  token: z.string(),
  unguarded: z.boolean(),
  path: z.string(),
  serverUrl: z.string().optional(),
});

/** Registers a device without an agent, or exchanges its token, and prints the token this once. */
export async function addPlainDevice(
  terminal: Terminal,
  api: ServerApi,
  id: string,
  { json, unguarded }: { readonly json?: boolean | undefined; readonly unguarded?: boolean | undefined },
): Promise<void> {
  const path = `/api/v1/devices/${encodeURIComponent(id)}/device-token`;
  const answer = tokenSchema.parse(await api.send('POST', path, unguarded === undefined ? undefined : { unguarded }));
  const url = new URL(answer.path, answer.serverUrl ?? api.url).href.replace(/^http/, 'ws');
  if (json === true) {
    const { device, token } = answer;
    await terminal.print(`${JSON.stringify({ device, token, url, unguarded: answer.unguarded })}\n`);
    return;
  }
  terminal.warn(`${id} connects to ${url}`);
  terminal.warn('with the header "Authorization: Bearer TOKEN". Its token, shown this once:');
  await terminal.print(`${answer.token}\n`);
  if (answer.unguarded)
    terminal.warn(
      'It may be moved although no deadman on it stops it: the stop is sent by this server and is lost where the connection fails.',
    );
}
