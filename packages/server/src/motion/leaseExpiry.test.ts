import type { Disposer } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import { Operator } from './Operator.fixture.ts';

/** Its timers come early by a part of a millisecond, as those of Node do. */
class EarlyClock extends FakeClock {
  override after(delayMs: number, callback: () => void): Disposer {
    return super.after(delayMs > 1 ? delayMs - 0.4 : delayMs, callback);
  }
}

test('a lease that nobody asks about is over in time, although timers are early', async () => {
  const clock = new EarlyClock();
  const rooms = new ServerRooms({ clock });
  const line = rooms.connect('r1');
  new Operator(rooms, 'ann').take({ holdMs: 1_000 });
  line.answer({ json: '{"token":1,"holdMs":1000}' });
  const holder = (): string | undefined => rooms.fleet.device('r1')?.record().lease?.holder;
  await clock.advance(999);
  expect(holder()).toBe('ann');
  await clock.advance(2);
  expect(holder()).toBeUndefined();
});
