import { TestAgent } from '@longline/testing';
import type { ReceivedRequest } from '@longline/testing';
import { onTestFinished } from 'vitest';
import { newSecret, secretHash } from '../credentials/secretHash.ts';
import { openCredentials } from '../store/sqlite/openCredentials.ts';
import { joinRobot } from '../testing/joinRobot.ts';
import { int64Schema } from '../testing/schemas.ts';
import { startLockedServer } from '../testing/startLockedServer.ts';
import type { LockedServer } from '../testing/startLockedServer.ts';
import { everything } from './Principal.ts';

/** Those who come to a locked server with one robot, `r1`. */
export const askers = [
  'nobody',
  'with an expired token',
  'with a revoked token',
  'a viewer',
  'an operator of other devices',
  'an operator',
  'an administrator',
] as const;
export type Asker = (typeof askers)[number];

/** Those that no credential lets in, with the code that says so. */
export const strangers: ReadonlyMap<Asker, string> = new Map<Asker, string>([
  ['nobody', 'CREDENTIAL_NEEDED'],
  ['with an expired token', 'TOKEN_EXPIRED'],
  ['with a revoked token', 'TOKEN_REVOKED'],
]);

/** A locked server, a robot that does what it is asked, and a token for every asker. */
export interface AskedServer {
  readonly locked: LockedServer;
  readonly robot: TestAgent;
  /** Empty for nobody. */
  readonly tokenOf: (asker: Asker) => string;
}

export async function startAskedServer(): Promise<AskedServer> {
  const locked = await startLockedServer();
  const { admin, add, directory } = locked;
  const robot = new TestAgent(locked.server.url, 'r1', { answer, signer: await joinRobot(locked, 'r1') });
  onTestFinished(() => robot.stop());
  await robot.welcomes.first();
  robot.send(robot.advertise(1, '/t', int64Schema), { data: 1n });
  const tokens: Record<Asker, string> = {
    nobody: '',
    'with an expired token': newSecret('ll_'),
    'with a revoked token': newSecret('ll_'),
    'a viewer': await add('viewer', { role: 'viewer' }),
    'an operator of other devices': await add('other', { devices: ['r2', 'truck-*'] }),
    'an operator': await add('operator'),
    'an administrator': admin,
  };
  const store = await openCredentials(directory);
  const was = { role: 'admin', scope: everything, createdMs: 0, createdBy: 'test' } as const;
  const expired = { ...was, id: '1', name: 'expired', expiresMs: 1, revokedMs: undefined };
  const revoked = { ...was, id: '2', name: 'revoked', expiresMs: undefined, revokedMs: 1 };
  store.putToken({ ...expired, hash: secretHash(tokens['with an expired token']) });
  store.putToken({ ...revoked, hash: secretHash(tokens['with a revoked token']) });
  store.close();
  return { locked, robot, tokenOf: (asker) => tokens[asker] };
}

const noFields = { name: 'std_srvs/TriggerRequest', encoding: 'ros1msg', text: '' };

type Answer = NonNullable<NonNullable<ConstructorParameters<typeof TestAgent>[2]>['answer']>;

const answer: Answer = ({ request: { action, token } }: ReceivedRequest): ReturnType<Answer> => {
  if (action.kind === 'motion') return undefined;
  const payloads: Partial<Record<typeof action.kind, unknown>> = {
    'lease.take': { token, holdMs: 60_000 },
    'lease.renew': { token, holdMs: 60_000 },
    'standing.set': { motion: false },
    'parameter.list': { names: ['/t'] },
    'parameter.get': 1,
    graph: {
      rosVersion: 1,
      topics: [{ name: '/t', type: 'std_msgs/Int64', publishers: [], subscribers: [] }],
      services: [{ name: '/t', type: 'std_srvs/Trigger', providers: [] }],
    },
    'schema.message': int64Schema,
    'schema.service': { name: 'std_srvs/Trigger', request: noFields, response: noFields },
    stop: { outputs: [] },
  };
  return [{ state: 'done', encoding: 'json' }, JSON.stringify(payloads[action.kind] ?? {})];
};
