import type { OutgoingRequest, ReaderEnd, ReplyListener } from '@longline/line';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import { MAX_WAITING_TOPICS, MotionStream } from './MotionStream.ts';

/** The part of a reader's end that motion uses, which can be full. */
class FakeEnd {
  congested = false;
  readonly sent: OutgoingRequest[] = [];
  readonly streams = new Map<string, ReplyListener>();

  motion(frame: OutgoingRequest): void {
    this.sent.push(frame);
  }

  openStream(id: string, listener: ReplyListener): () => void {
    this.streams.set(id, listener);
    return () => this.streams.delete(id);
  }
}

function streamOn(end: FakeEnd): { readonly clock: FakeClock; readonly stream: MotionStream } {
  const clock = new FakeClock();
  let sequence = 0;
  const stream = new MotionStream({
    device: 'r1',
    clock,
    requests: { end: end as unknown as ReaderEnd, issuer: 'tester' },
    lease: { token: 1, nextSequence: () => sequence++ },
    handleRefusal: () => undefined,
  });
  return { clock, stream };
}

const frame = { encoding: 'json', data: new Uint8Array(2), deadlineMs: 300 } as const;
const topics = (end: FakeEnd): unknown[] =>
  end.sent.map(({ action, ageMs }) => ['topic' in action && action.topic, ageMs]);

test('while the way is full the newest frame of each topic waits, aged from when it was made', async () => {
  const end = new FakeEnd();
  const { clock, stream } = streamOn(end);
  end.congested = true;
  stream.publish({ ...frame, topic: '/a' });
  stream.publish({ ...frame, topic: '/b' });
  await clock.advance(100);
  stream.publish({ ...frame, topic: '/a' });
  await clock.advance(95);
  expect([end.sent.length, stream.replaced]).toEqual([0, 1]);
  end.congested = false;
  await clock.advance(10);
  expect(topics(end)).toEqual([
    ['/b', 200],
    ['/a', 100],
  ]);
  expect(end.sent.map(({ sequence }) => sequence)).toEqual([0, 1]);
  expect(clock.pendingTimers).toBe(0);
});

test('a frame that waited for its deadline is not sent any more', async () => {
  const end = new FakeEnd();
  const { clock, stream } = streamOn(end);
  end.congested = true;
  stream.publish({ ...frame, topic: '/a' });
  await clock.advance(300);
  end.congested = false;
  await clock.advance(100);
  expect([end.sent, stream.replaced, clock.pendingTimers]).toEqual([[], 1, 0]);
});

test('a program that publishes on ever new topics while the way is full is refused', () => {
  const end = new FakeEnd();
  const { stream } = streamOn(end);
  end.congested = true;
  for (let i = 0; i < MAX_WAITING_TOPICS; i++) stream.publish({ ...frame, topic: `/t${i}` });
  stream.publish({ ...frame, topic: '/t0' });
  expect(() => stream.publish({ ...frame, topic: '/more' })).toThrow(
    expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
  );
  stream.close();
  expect(end.streams.size).toBe(0);
});
