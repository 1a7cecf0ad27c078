import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CliError } from '../errors.ts';

const fileSchema = z.object({
  /** The server that is asked where none is named: of the last log-in. */
  default: z.string().optional(),
  servers: z.record(z.string(), z.object({ token: z.string() })),
});
type File = z.infer<typeof fileSchema>;

/** Where a user's tokens are: `$XDG_CONFIG_HOME/longline/credentials.json`, else below `~/.config`. */
export function credentialsPath(env: Readonly<Record<string, string | undefined>>): string {
  const home = env['HOME'] ?? homedir();
  const { XDG_CONFIG_HOME: config = '' } = env;
  return join(config === '' ? join(home, '.config') : config, 'longline', 'credentials.json');
}

/** A server's address as its token is kept under. Throws nothing: what is no address is kept as it is. */
export const originOf = (server: string): string => URL.parse(server.replace(/^ws/, 'http'))?.origin ?? server;

/** A user's tokens by server, in a file that nobody else may read. */
export class UserCredentials {
  readonly path: string;

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.path = credentialsPath(env);
  }

  /** The server of the last log-in. Throws `CREDENTIALS_UNUSABLE`. */
  get defaultServer(): string | undefined {
    return this.#read().default;
  }

  /** The token for a server. Throws `CREDENTIALS_UNUSABLE`. */
  tokenFor(server: string): string | undefined {
    return this.#read().servers[originOf(server)]?.token;
  }

  /** Keeps a token, and takes the server for the default. Throws `CREDENTIALS_UNUSABLE`. */
  put(server: string, token: string): void {
    const origin = originOf(server);
    this.#write({ default: origin, servers: { ...this.#read().servers, [origin]: { token } } });
  }

  /** Forgets the token for a server; says whether there was one. Throws `CREDENTIALS_UNUSABLE`. */
  remove(server: string): boolean {
    const origin = originOf(server);
    const file = this.#read();
    if (file.servers[origin] === undefined) return false;
    const servers = Object.fromEntries(Object.entries(file.servers).filter(([server]) => server !== origin));
    const present = file.default === origin ? Object.keys(servers)[0] : file.default;
    this.#write({ ...(present === undefined ? {} : { default: present }), servers });
    return true;
  }

  #read(): File {
    let text: string;
    try {
      const { mode } = statSync(this.path);
      if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw this.#readable(mode);
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if (error instanceof CliError) throw error;
      if (isMissing(error)) return { servers: {} };
      throw this.#unusable(error);
    }
    try {
      return fileSchema.parse(JSON.parse(text));
    } catch {
      // What cannot be read may have secrets in it, which the reason would show.
      throw this.#unusable('it is not what "longline login" writes; move it away');
    }
  }

  #write(file: File): void {
    const written = `${this.path}.${randomUUID()}`;
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      writeFileSync(written, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
      renameSync(written, this.path);
    } catch (error) {
      throw this.#unusable(error);
    }
  }

  #readable(mode: number): CliError {
    return new CliError(
      'CREDENTIALS_UNUSABLE',
      `${this.path} has tokens in it, and others can read it (mode ${(mode & 0o777).toString(8)}). Run: chmod 600 ${this.path}. If somebody may have read it, have the tokens revoked.`,
    );
  }

  #unusable(error: unknown): CliError {
    const why = error instanceof Error ? error.message : String(error);
    return new CliError('CREDENTIALS_UNUSABLE', `${this.path} cannot be used: ${why}.`);
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
