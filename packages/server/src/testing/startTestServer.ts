import { onTestFinished } from 'vitest';
import { startServer } from '../startServer.ts';
import type { Server, ServerOptions } from '../startServer.ts';

/** A real server on a free port, stopped when the test is over. */
export async function startTestServer(options: ServerOptions = {}): Promise<Server> {
  const server = await startServer({ port: 0, ...options });
  onTestFinished(() => server.stop());
  return server;
}
