import { expect, test } from 'vitest';
import { ReaderQueue, SOCKET_MARK_BYTES } from './ReaderQueue.ts';
import { messageOf, Slot, SlowSocket } from './SlowSocket.fixture.ts';
import { MESSAGE_OVERHEAD_BYTES } from './WaitingMessages.ts';

const MB = 1_000_000;

/** A queue whose socket takes nothing until {@link SlowSocket.bufferedBytes} is lowered. */
function stalled(maxBytes?: number): { socket: SlowSocket; queue: ReaderQueue; drain: (bytes?: number) => void } {
  const socket = new SlowSocket();
  const queue = new ReaderQueue({ socket, maxBytes });
  socket.bufferedBytes = SOCKET_MARK_BYTES;
  const drain = (bytes = Number.POSITIVE_INFINITY): void => {
    socket.bufferedBytes = Math.max(0, socket.bufferedBytes - bytes);
    queue.handleWritable();
  };
  return { socket, queue, drain };
}

test('while the socket takes everything, everything leaves at once and in order', () => {
  const socket = new SlowSocket();
  const queue = new ReaderQueue({ socket });
  const slot = new Slot('a');
  for (let i = 0; i < 10; i++) queue.push(slot, messageOf(100, i), 0);
  expect(slot.left).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(queue.waitingBytes).toBe(0);
});

test('of each subscription the newest messages wait, as many as its depth, and the rest is told', () => {
  const { queue, drain } = stalled();
  const [one, three] = [new Slot('one'), new Slot('three', { depth: 3 })];
  for (let i = 0; i < 10; i++) for (const slot of [one, three]) queue.push(slot, messageOf(10, i), i);
  drain();
  expect(one.left).toEqual([9]);
  expect(three.left).toEqual([7, 8, 9]);
  expect([one.dropped, three.dropped]).toEqual([9, 7]);
});

test('what waited too long goes when something newer comes, but the newest stays however old it is', () => {
  const { queue, drain } = stalled();
  const slot = new Slot('a', { depth: 100, keepMs: 500 });
  for (const ms of [0, 100, 200, 650]) queue.push(slot, messageOf(10, ms), ms);
  expect(slot.dropped).toBe(2);
  drain();
  expect(slot.left).toEqual([200, 650]);
});

test('of large messages only the newest waits where bytes are bounded', () => {
  const { queue, drain } = stalled();
  const slot = new Slot('a', { depth: 100, keepBytes: 256 * 1024 });
  for (let i = 0; i < 5; i++) queue.push(slot, messageOf(MB, i), i);
  expect(slot.dropped).toBe(4);
  drain();
  expect(slot.left).toEqual([4]);
});

test('small state topics survive 1 MB images on a link that carries a fraction of them', () => {
  const { queue, drain } = stalled();
  const [image, pose] = [new Slot('image'), new Slot('pose')];
  // 30 images of 1 MB and 60 poses a second; the link takes 2 MB a second.
  for (let ms = 0; ms < 10_000; ms++) {
    if (ms % 33 === 0) queue.push(image, messageOf(MB, ms), ms);
    if (ms % 16 === 0) queue.push(pose, messageOf(100, ms), ms);
    drain(2_000);
  }
  // What keeps a pose is the image that is leaving already: half a second of the link.
  expect(pose.left.length).toBeGreaterThan(15);
  const gaps = pose.left.slice(1).map((at, i) => at - (pose.left[i] ?? 0));
  expect(Math.max(...gaps)).toBeLessThan(600);
  expect(image.left.length).toBeGreaterThan(15);
});

test('a large message is passed by small ones for its size’s time at most, though it is replaced again and again', () => {
  const { queue, drain } = stalled();
  const [image, pose] = [new Slot('image'), new Slot('pose', { depth: 1_000 })];
  for (let ms = 0; ms < 2_000; ms++) {
    if (ms % 10 === 0) queue.push(image, messageOf(MB, ms), ms);
    // The small ones alone are more than the reader takes.
    for (let i = 0; i < 5; i++) queue.push(pose, messageOf(SOCKET_MARK_BYTES / 4, ms), ms);
    if (image.left.length > 0) {
      expect(ms).toBeGreaterThan(900);
      return;
    }
    drain(SOCKET_MARK_BYTES);
  }
  expect.fail('the image never left');
});

test('the memory of what waits is bounded whatever comes, and the largest goes first', () => {
  const { queue, drain } = stalled(4 * MB);
  const pose = new Slot('pose');
  queue.push(pose, messageOf(100, 1), 0);
  const images = Array.from({ length: 10 }, (_, i) => new Slot(`image ${i}`, { depth: 5 }));
  for (let round = 0; round < 20; round++) {
    for (const image of images) queue.push(image, messageOf(MB, round), round);
    expect(queue.waitingBytes).toBeLessThanOrEqual(4 * MB);
  }
  drain(Number.POSITIVE_INFINITY);
  expect(pose.left).toEqual([1]);
});

test('of equally large topics beyond the bound each gets its turn', () => {
  const { queue, drain } = stalled(4 * MB);
  const images = Array.from({ length: 10 }, (_, i) => new Slot(`image ${i}`));
  for (let ms = 0; ms < 60_000; ms += 10) {
    for (const image of images) if (ms % 100 === 0) queue.push(image, messageOf(MB, ms), ms);
    drain(20_000);
  }
  for (const image of images) expect(image.left.length, image.name).toBeGreaterThan(5);
});

test('empty messages count too', () => {
  const { queue } = stalled(1_000 * MESSAGE_OVERHEAD_BYTES);
  const slot = new Slot('a', { depth: 1_000_000 });
  for (let i = 0; i < 5_000; i++) queue.push(slot, messageOf(0, i), 0);
  expect(slot.dropped).toBe(4_000);
});

test('a message that is larger than the bound leaves when there is room as it comes, and is dropped otherwise', () => {
  const { socket, queue } = stalled(MB);
  const slot = new Slot('a');
  queue.push(slot, messageOf(2 * MB, 1), 0);
  expect([slot.left, slot.dropped]).toEqual([[], 1]);
  socket.bufferedBytes = 0;
  queue.push(slot, messageOf(2 * MB, 2), 0);
  expect(slot.left).toEqual([2]);
});

test('answers are never dropped; a reader that takes none of them is closed, and one large answer is no reason', () => {
  const socket = new SlowSocket();
  const queue = new ReaderQueue({ socket, maxAnswerBytes: 1_000 });
  queue.send('x'.repeat(5_000));
  expect([socket.sent.length, socket.closed]).toEqual([1, undefined]);
  queue.send('y');
  expect(socket.closed).toBe('1008 the reader takes no data');
  queue.send('z');
  queue.push(new Slot('a'), messageOf(1), 0);
  expect(socket.sent).toHaveLength(1);
});

test('answers go behind a message that is larger than all of them may be', () => {
  const socket = new SlowSocket();
  const queue = new ReaderQueue({ socket, maxAnswerBytes: 1_000 });
  queue.push(new Slot('a'), messageOf(2 * MB), 0);
  for (let i = 0; i < 10; i++) queue.send('x'.repeat(100));
  expect([socket.sent.length, socket.closed]).toEqual([11, undefined]);
  queue.send('x');
  queue.send('x');
  expect(socket.closed).toBe('1008 the reader takes no data');
});

test('a subscription that ended leaves nothing behind', () => {
  const { queue, drain } = stalled();
  const [a, b] = [new Slot('a'), new Slot('b')];
  queue.push(a, messageOf(100, 1), 0);
  queue.push(b, messageOf(100, 2), 0);
  queue.forget(a);
  queue.forget(a);
  expect(queue.waitingBytes).toBe(100 + MESSAGE_OVERHEAD_BYTES);
  drain();
  expect([a.left, b.left]).toEqual([[], [2]]);
});
