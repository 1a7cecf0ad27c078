import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { bindWebSocket } from './bindWebSocket.ts';
import type { WebSocketLike } from './bindWebSocket.ts';
import type { Transport } from './Transport.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const nothing = (): void => undefined;

function bound(): { readonly socket: WebSocketLike; readonly transport: Transport; readonly cuts: () => number } {
  let cuts = 0;
  const socket: WebSocketLike = {
    readyState: 1,
    bufferedAmount: 0,
    binaryType: '',
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send: nothing,
    close: nothing,
    terminate: () => cuts++,
  };
  const transports: Transport[] = [];
  bindWebSocket(socket, (transport) => {
    transports.push(transport);
    return { handleFrame: nothing, handleText: nothing, handleWritable: nothing, handleDisconnected: nothing };
  });
  return { socket, transport: transports[0]!, cuts: () => cuts };
}

test('a socket whose peer does not answer the close frame is cut after 2 s', () => {
  const { transport, cuts } = bound();
  transport.close(4400, 'FRAME_MALFORMED: no');
  vi.advanceTimersByTime(1_999);
  expect(cuts()).toBe(0);
  vi.advanceTimersByTime(1);
  expect(cuts()).toBe(1);
});

test('a socket that has closed is kept by no timer', () => {
  const { socket, transport, cuts } = bound();
  transport.close(4400, 'FRAME_MALFORMED: no');
  socket.onclose?.({ code: 4400, reason: '' } as never);
  expect(vi.getTimerCount()).toBe(0);
  expect(cuts()).toBe(0);
});
