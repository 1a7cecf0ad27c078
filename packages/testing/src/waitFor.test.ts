import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Inbox } from './Inbox.ts';
import { waitFor, waitForEvent } from './waitFor.ts';

test('waitFor resolves to the value of the condition as soon as there is one', async () => {
  let looks = 0;
  expect(await waitFor(() => (++looks === 3 ? 'third' : undefined))).toBe('third');
});

test('waitFor gives up with the words given and the last error as its cause', async () => {
  const failed = waitFor(() => Promise.reject(new Error('refused')), { timeoutMs: 1, what: 'the server' });
  await expect(failed).rejects.toMatchObject({
    message: 'the server did not come within 1 ms',
    cause: { message: 'refused' },
  });
});

test('waitForEvent takes the event that is meant and leaves no listener behind', async () => {
  const emitter = new EventEmitter();
  const second = waitForEvent(emitter, 'count', { where: (count) => count === 2 });
  emitter.emit('count', 1);
  emitter.emit('count', 2);
  expect(await second).toEqual([2]);
  expect(emitter.listenerCount('count')).toBe(0);
  await expect(waitForEvent(emitter, 'count', { timeoutMs: 1 })).rejects.toThrow('Event count did not come');
});

test('an inbox gives what came and what is to come', async () => {
  const inbox = new Inbox<number>();
  inbox.add(1);
  expect(await inbox.first()).toBe(1);
  const three = inbox.take(3);
  const even = inbox.first((item) => item % 2 === 0);
  for (const item of [2, 3]) inbox.add(item);
  expect(await three).toEqual([1, 2, 3]);
  expect(await even).toBe(2);
  await expect(inbox.first((item) => item > 9, { timeoutMs: 1, what: 'ten' })).rejects.toThrow('3 other items came');
});
