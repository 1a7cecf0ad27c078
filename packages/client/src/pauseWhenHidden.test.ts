import { expect, test } from 'vitest';
import { connect } from './connect.ts';
import { fakeFleet } from './FakeLiveServer.fixture.ts';
import type { VisibilityDocument } from './watchHidden.ts';

/** A page that a test hides and shows. */
class FakeDocument implements VisibilityDocument {
  readonly listeners = new Set<() => void>();
  visibilityState = 'visible';

  addEventListener(_type: 'visibilitychange', listener: () => void): void {
    this.listeners.add(listener);
  }

  removeEventListener(_type: 'visibilitychange', listener: () => void): void {
    this.listeners.delete(listener);
  }

  set(state: 'visible' | 'hidden'): void {
    this.visibilityState = state;
    for (const listener of this.listeners) listener();
  }
}

const pose = { device: 'r1', topic: '/pose' };

test('while the page is hidden topics are unsubscribed on the line, and begin anew when it is shown', async () => {
  const document = new FakeDocument();
  const { clock, fleet, server } = fakeFleet({ document });
  const seen: number[] = [];
  fleet.subscribe(pose, { handleMessage: ({ sequence }) => void seen.push(sequence) });
  fleet.subscribe({ ...pose, channelsOnly: true }, { handleMessage: () => undefined });
  void fleet.devices();
  await clock.advance(20);
  server.publish(1);
  await clock.advance(10);
  server.log.length = 0;
  document.set('hidden');
  document.set('hidden');
  await clock.advance(10);
  expect(server.log).toEqual(['unsubscribe 1']);
  document.set('visible');
  await clock.advance(10);
  expect(server.log).toEqual(['unsubscribe 1', 'subscribe 1 r1 /pose']);
  server.publish(2);
  await clock.advance(10);
  expect(seen).toEqual([1, 2]);
  await fleet.close();
  expect(document.listeners.size).toBe(0);
});

test('the status tells the pause, on a connection made meanwhile too', async () => {
  const document = new FakeDocument();
  document.set('hidden');
  const { clock, fleet, pairs } = fakeFleet({ document });
  const paused: boolean[] = [];
  fleet.onStatus((status) => {
    if (status.state === 'connected') paused.push(status.paused ?? false);
  });
  await clock.advance(20);
  document.set('visible');
  document.set('hidden');
  pairs[0]!.cut();
  document.set('visible');
  await clock.advance(1_000);
  expect(paused).toEqual([true, false, true, false]);
  await fleet.close();
});

test('a subscription made while the page is hidden gets the last values, and messages when it is shown', async () => {
  const document = new FakeDocument();
  document.set('hidden');
  const { clock, fleet, server } = fakeFleet({ document });
  await clock.advance(20);
  server.publish(1);
  const seen: number[] = [];
  const subscription = fleet.subscribe(pose, { handleMessage: ({ sequence }) => void seen.push(sequence) });
  await clock.advance(20);
  await subscription.marked;
  expect(seen).toEqual([1]);
  document.set('visible');
  await clock.advance(20);
  expect(server.log).toEqual(['subscribe 1 r1 /pose once', 'subscribe 1 r1 /pose']);
  await fleet.close();
});

test.each([
  [true, 1],
  [false, 0],
])('with pauseWhenHidden %s the page has %i listeners', async (pauseWhenHidden, listeners) => {
  const document = new FakeDocument();
  const fleet = connect('http://127.0.0.1:9', { pauseWhenHidden, document });
  expect(document.listeners.size).toBe(listeners);
  await fleet.close();
});

test('a watched line pauses too, and one asked for while the page is hidden is answered', async () => {
  const document = new FakeDocument();
  const { clock, fleet, server } = fakeFleet({ document });
  const stop = new AbortController();
  let told = 0;
  const watching = (async () => {
    for await (const { online } of fleet.device('r1').watchLine({ signal: stop.signal })) told += Number(online);
  })();
  await clock.advance(20);
  document.set('hidden');
  const asked = fleet.device('r1').line();
  await clock.advance(20);
  expect(await asked).toMatchObject({ device: 'r1' });
  document.set('visible');
  await clock.advance(20);
  stop.abort();
  await watching;
  expect(told).toBe(3);
  expect(server.log.filter((line) => line.startsWith('subscribe'))).toEqual([
    'subscribe 1 line of r1',
    'subscribe 2 line of r1 once',
    'subscribe 1 line of r1',
  ]);
  await fleet.close();
});
