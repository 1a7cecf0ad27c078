import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { HostAddresses, STALE_AFTER_MS } from './HostAddresses.ts';

/** A name server that answers when told to. */
function start(host = 'fleet.example.com') {
  const clock = new FakeClock();
  const asked: PromiseWithResolvers<readonly string[]>[] = [];
  const addresses = new HostAddresses({
    host,
    clock,
    lookup: () => {
      const question = Promise.withResolvers<readonly string[]>();
      asked.push(question);
      return question.promise;
    },
  });
  return { addresses, asked, clock };
}

test('the families alternate, and the address that worked comes first while the name has it', async () => {
  const { addresses, asked } = start();
  const found = addresses.find();
  asked[0]!.resolve(['::1', '::2', '::3', '10.0.0.1']);
  expect(await found).toEqual(['::1', '10.0.0.1', '::2', '::3']);
  addresses.prefer('10.0.0.1');
  const again = addresses.find();
  asked[1]!.resolve(['::1', '10.0.0.1']);
  expect(await again).toEqual(['10.0.0.1', '::1']);
  const moved = addresses.find();
  asked[2]!.resolve(['10.0.0.9']);
  expect(await moved).toEqual(['10.0.0.9']);
});

test('while the name server is silent, many dials share one question and take what was known', async () => {
  const { addresses, asked, clock } = start();
  const first = addresses.find();
  asked[0]!.resolve(['10.0.0.1']);
  await first;
  const waiting = [addresses.find(), addresses.find()];
  await clock.advance(STALE_AFTER_MS);
  expect(await Promise.all(waiting)).toEqual([['10.0.0.1'], ['10.0.0.1']]);
  expect(asked.length).toBe(2);
  asked[1]!.resolve(['10.0.0.2']);
  await clock.advance(0);
  const later = addresses.find();
  asked[2]!.reject(new Error('EAI_AGAIN'));
  expect(await later).toEqual(['10.0.0.2']);
});

test('a name that was never known is told as the system tells it', async () => {
  const { addresses, asked } = start();
  const found = addresses.find();
  asked[0]!.reject(new Error('ENOTFOUND'));
  await expect(found).rejects.toThrow('ENOTFOUND');
});

test('an address is not looked up', async () => {
  const { addresses, asked } = start('::1');
  expect(await addresses.find()).toEqual(['::1']);
  expect(asked).toEqual([]);
});
