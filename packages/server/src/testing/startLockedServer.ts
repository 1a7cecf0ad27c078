import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { initCredentials } from '../credentials/initCredentials.ts';
import { startServer } from '../startServer.ts';
import type { Server, ServerOptions } from '../startServer.ts';

const answerSchema = z.looseObject({});

/** An answer of the API. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A real locked server on a free port, with its administrator's token. */
export interface LockedServer {
  readonly server: Server;
  readonly directory: string;
  readonly admin: string;
  /** Asks the API with a token, by default the administrator's; with none where it is empty. */
  readonly api: (method: string, path: string, body?: unknown, token?: string) => Promise<ApiAnswer>;
  /** Makes a token. */
  readonly add: (name: string, spec?: Record<string, unknown>) => Promise<string>;
}

/** Starts one, stopped and removed when the test is over. */
export async function startLockedServer(options: ServerOptions = {}): Promise<LockedServer> {
  const directory = mkdtempSync(join(tmpdir(), 'longline-locked-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const { token: admin } = await initCredentials(directory);
  const server = await startServer({ port: 0, dataDir: directory, ...options });
  onTestFinished(() => server.stop());
  const api: LockedServer['api'] = async (method, path, body, token = admin) => {
    const response = await fetch(server.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: answerSchema.parse(await response.json()) };
  };
  const add: LockedServer['add'] = async (name, spec = {}) => {
    const { status, body } = await api('POST', '/api/v1/tokens', { name, role: 'operator', ...spec });
    if (status !== 200) throw new Error(`no token: ${JSON.stringify(body)}`);
    return String(body['token']);
  };
  return { server, directory, admin, api, add };
}
