import { z } from 'zod';
import { fittingTable } from '../format/fittingTable.ts';
import { parseExpiry } from '../login/parseExpiry.ts';
import { ServerApi } from '../ServerApi.ts';
import type { Terminal } from '../Terminal.ts';
import type { ServerOptions } from '../withFleet.ts';

/** What a token is for, as flags say it. */
export interface TokenOptions extends ServerOptions {
  readonly role?: string | undefined;
  readonly devices?: readonly string[] | undefined;
  readonly read?: readonly string[] | undefined;
  readonly write?: readonly string[] | undefined;
  /** `90d`, `12h`, `never`. */
  readonly expires?: string | undefined;
}

const patterns = z.array(z.string());
const tokenSchema = z.object({
  name: z.string(),
  role: z.string(),
  devices: patterns,
  read: patterns,
  write: patterns,
  expires: z.string().nullable(),
  createdBy: z.string(),
  connections: z.number(),
});
type Token = z.infer<typeof tokenSchema>;
const PATH = '/api/v1/tokens';
const pathOf = (name: string): string => `${PATH}/${encodeURIComponent(name)}`;

/** `longline token add NAME`: makes a token. It alone goes to standard output, in the last line. */
export async function tokenAdd(terminal: Terminal, name: string, options: TokenOptions): Promise<void> {
  const body = { name, ...fieldsOf({ role: 'viewer', ...options }) };
  const answer = tokenSchema
    .extend({ token: z.string() })
    .parse(await new ServerApi(terminal, options).send('POST', PATH, body));
  if (options.json === true) {
    await terminal.print(`${JSON.stringify(answer)}\n`);
    return;
  }
  terminal.warn(`${described(answer)}. Shown this once:`);
  await terminal.print(`${answer.token}\n`);
}

/** `longline token set NAME`: changes what a token is for. */
export async function tokenSet(terminal: Terminal, name: string, options: TokenOptions): Promise<void> {
  const answer = tokenSchema.parse(await new ServerApi(terminal, options).send('PUT', pathOf(name), fieldsOf(options)));
  await terminal.print(options.json === true ? `${JSON.stringify(answer)}\n` : `${described(answer)}\n`);
}

/** `longline token ls`: who may what. */
export async function tokenList(terminal: Terminal, options: ServerOptions): Promise<void> {
  const { tokens } = z.object({ tokens: z.array(tokenSchema) }).parse(await new ServerApi(terminal, options).get(PATH));
  if (options.json === true) {
    await terminal.print(`${JSON.stringify(tokens)}\n`);
    return;
  }
  const rows = tokens.map((token) => [
    token.name,
    token.role,
    listed(token.devices),
    listed(token.read),
    token.role === 'viewer' ? '-' : listed(token.write),
    token.expires ?? 'never',
    String(token.connections),
    token.createdBy,
  ]);
  await terminal.print(
    fittingTable(['NAME', 'ROLE', 'DEVICES', 'READ', 'WRITE', 'EXPIRES', 'OPEN', 'BY'], rows, {
      columns: terminal.isTty ? terminal.columns : Infinity,
      spare: ['BY', 'OPEN'],
    }),
  );
}

/** `longline token revoke NAME`: takes it away; what it opened ends. */
export async function tokenRevoke(terminal: Terminal, name: string, options: ServerOptions): Promise<void> {
  const answer = await new ServerApi(terminal, options).send('DELETE', pathOf(name));
  await terminal.print(
    options.json === true
      ? `${JSON.stringify(answer)}\n`
      : `The token ${name} is revoked: its connections have ended, and what it moved stops.\n`,
  );
}

function fieldsOf({ devices, expires, read, role, write }: TokenOptions): Record<string, unknown> {
  const said = { role, devices: split(devices), read: split(read), write: split(write) };
  return {
    ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
    ...(expires === undefined ? {} : { expiresInMs: parseExpiry(expires) }),
  };
}

/** Several in one text may have commas between them. */
const split = (words: readonly string[] | undefined): string[] | undefined =>
  words?.flatMap((text) => text.split(',')).filter((word) => word !== '');

const listed = (words: readonly string[]): string => (words.length === 0 ? '-' : words.join(' '));

const described = ({ name, role, devices, expires }: Token): string =>
  `${name}: ${role} of ${listed(devices)}, ${expires === null ? 'for ever' : `until ${expires}`}`;
