import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { encodeHeaded } from './jsonRecord.ts';
import { defaultLimits } from './limits.ts';
import { OpenRequests } from './OpenRequests.ts';
import type { Reply } from './OpenRequests.ts';
import type { Action, ReplyHeader } from './requestRecords.ts';

const advertise: Action = { kind: 'service.advertise', service: '/far', type: 'std_srvs/Trigger' };

class World {
  readonly clock = new FakeClock();
  readonly requests = new OpenRequests(this.clock, defaultLimits);
  readonly told: Reply[] = [];

  add(action: Action): this {
    const header = { id: 'q', issuer: 'test', ageMs: 0, deadlineMs: 1_000, token: 0, sequence: 0, action };
    this.requests.add(header, (reply) => this.told.push(reply));
    return this;
  }

  reply(header: Omit<ReplyHeader, 'id'>): void {
    this.requests.handleReply(encodeHeaded({ id: 'q', ...header }));
  }

  get states(): string[] {
    return this.told.map(({ state, call }) => (call === undefined ? state : `${state} ${call}`));
  }
}

test('a provided service is done when it is known, is called each time once, and lasts beyond its deadline', async () => {
  const world = new World().add(advertise);
  world.reply({ state: 'received' });
  world.reply({ state: 'done' });
  world.reply({ state: 'done' });
  await world.clock.advance(60_000);
  for (const call of [1, 2, 1, 2, 3]) world.reply({ state: 'called', call, deadlineMs: 5_000 });
  world.reply({ state: 'called' });
  world.reply({ state: 'cancelled', code: 'SERVICE_ENDED' });
  world.reply({ state: 'called', call: 4 });
  expect(world.states).toEqual(['received', 'done', 'called 1', 'called 2', 'called 3', 'cancelled']);
  expect(world.told[2]).toMatchObject({ deadlineMs: 5_000 });
});

test('one that is never known, or whose line ends, is unknown', async () => {
  const silent = new World().add(advertise);
  await silent.clock.advance(60_000);
  expect(silent.told).toMatchObject([{ state: 'unknown', code: 'REPLY_MISSING' }]);
  const cut = new World().add(advertise);
  cut.reply({ state: 'done' });
  cut.requests.handleClosed();
  expect(cut.told.at(-1)).toMatchObject({ state: 'unknown', code: 'LINE_CLOSED' });
});

test('no other request is called, and no motion stream', () => {
  const world = new World().add({ kind: 'call', service: '/s', encoding: 'json' });
  world.reply({ state: 'called', call: 1 });
  world.reply({ state: 'done' });
  const refusals: Reply[] = [];
  world.requests.openStream('q', (reply) => refusals.push(reply));
  world.reply({ state: 'called', call: 1 });
  world.reply({ state: 'rejected', code: 'LEASE_LOST' });
  expect(world.states).toEqual(['done']);
  expect(refusals).toMatchObject([{ state: 'rejected' }]);
});
