import { z } from 'zod';
import { readSecret } from '../login/readSecret.ts';
import { checkToken, serverAccess, serverOf, warnInClear } from '../login/serverAccess.ts';
import { UserCredentials } from '../login/UserCredentials.ts';
import { ServerApi } from '../ServerApi.ts';
import type { Terminal } from '../Terminal.ts';
import type { ServerOptions } from '../withFleet.ts';

const patterns = z.array(z.string());
const whoamiSchema = z.object({
  name: z.string(),
  role: z.string(),
  devices: patterns,
  read: patterns,
  write: patterns,
  expires: z.string().nullable(),
  server: z.string(),
  locked: z.boolean(),
});
type Who = z.infer<typeof whoamiSchema>;
const PATH = '/api/v1/whoami';

/** `longline login [URL]`: keeps a token for a server that takes it. */
export async function login(terminal: Terminal, url: string | undefined, options: ServerOptions): Promise<void> {
  const server = serverOf(terminal, { server: url ?? options.server });
  const credentials = new UserCredentials(terminal.env);
  const token = checkToken(await readSecret(terminal, `Token for ${server} (not shown):`), 'the input');
  warnInClear(terminal, server);
  const who = whoamiSchema.parse(await new ServerApi(terminal, options, { server, token }).get(PATH));
  if (!who.locked) {
    terminal.warn(`${server} is not locked: it asks nobody for a token. Nothing was kept.`);
    return;
  }
  credentials.put(server, token);
  if ((terminal.env['LONGLINE_TOKEN'] ?? '') !== '')
    terminal.warn('Warning: LONGLINE_TOKEN is set, and comes before what was kept now.');
  await terminal.print(
    options.json === true
      ? `${JSON.stringify({ server, name: who.name, role: who.role, expires: who.expires })}\n`
      : `Logged in at ${server} as ${who.name} (${who.role})${validity(who)}; kept in ${credentials.path}\n`,
  );
}

/** `longline logout [URL]`: forgets the token for a server. */
export async function logout(terminal: Terminal, url: string | undefined, options: ServerOptions): Promise<void> {
  const server = serverOf(terminal, { server: url ?? options.server });
  const wasThere = new UserCredentials(terminal.env).remove(server);
  if (options.json === true) await terminal.print(`${JSON.stringify({ server, loggedOut: wasThere })}\n`);
  else if (wasThere)
    terminal.warn(
      `The token for ${server} is forgotten here. It is good until it is revoked: longline token revoke NAME`,
    );
  else terminal.warn(`There was no token for ${server}.`);
}

/** `longline whoami`: as whom this user asks, and what that allows. */
export async function whoami(terminal: Terminal, options: ServerOptions): Promise<void> {
  const access = serverAccess(terminal, options);
  const who = whoamiSchema.parse(await new ServerApi(terminal, options, access).get(PATH));
  if (options.json === true) {
    await terminal.print(`${JSON.stringify(who)}\n`);
    return;
  }
  const said = who.locked
    ? `${who.name} (${who.role}) at ${access.server}${validity(who)}`
    : `${access.server} is not locked: everybody is its administrator`;
  const scope = [
    `devices: ${listed(who.devices)}`,
    `read:    ${listed(who.read)}`,
    `write:   ${who.role === 'viewer' ? 'nothing' : listed(who.write)}`,
  ];
  await terminal.print(`${[said, ...scope].join('\n')}\n`);
}

const listed = (words: readonly string[]): string => (words.length === 0 ? 'nothing' : words.join(' '));

const validity = ({ expires }: Who): string => (expires === null ? '' : `, until ${expires}`);
