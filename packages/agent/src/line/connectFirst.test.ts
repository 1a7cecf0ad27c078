import { Socket } from 'node:net';
import { FakeClock } from '@longline/testing';
import { describe, expect, test } from 'vitest';
import { connectFirst } from './connectFirst.ts';

/** Sockets that a test connects and breaks. */
function start(addresses: readonly string[]) {
  const clock = new FakeClock();
  const tried: { readonly address: string; readonly atMs: number; readonly socket: Socket }[] = [];
  const abort = new AbortController();
  const result = connectFirst({
    addresses,
    port: 1,
    clock,
    signal: abort.signal,
    connect: (address) => {
      const socket = new Socket();
      tried.push({ address, atMs: clock.monotonicMs(), socket });
      return socket;
    },
  });
  const outcome = result.then(
    (socket) => tried.find((each) => each.socket === socket)?.address,
    (error: unknown) => String(error),
  );
  const fail = (index: number, code: string): boolean =>
    tried[index]!.socket.emit('error', Object.assign(new Error(code), { code }));
  return { abort, clock, fail, outcome, times: () => tried.map(({ address, atMs }) => `${address} ${atMs}`), tried };
}

describe('of several addresses', () => {
  test('the next is tried beside a silent one after a quarter of a second, and the first that answers wins', async () => {
    const { clock, outcome, times, tried } = start(['::1', '10.0.0.1', '10.0.0.2']);
    await clock.advance(600);
    expect(times()).toEqual(['::1 0', '10.0.0.1 250', '10.0.0.2 500']);
    tried[0]!.socket.emit('connect');
    expect(await outcome).toBe('::1');
    expect(tried.map(({ socket }) => socket.destroyed)).toEqual([false, true, true]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('the next is tried at once when one fails, and a refusal is told rather than an unreachable network', async () => {
    const { clock, fail, outcome, times } = start(['::1', '10.0.0.1', '10.0.0.2']);
    fail(0, 'ENETUNREACH');
    fail(1, 'ECONNREFUSED');
    fail(2, 'EHOSTUNREACH');
    expect(await outcome).toBe('Error: ECONNREFUSED');
    expect(times()).toEqual(['::1 0', '10.0.0.1 0', '10.0.0.2 0']);
    expect(clock.pendingTimers).toBe(0);
  });

  test('giving up destroys them all', async () => {
    const { abort, clock, outcome, tried } = start(['::1', '10.0.0.1']);
    await clock.advance(250);
    abort.abort();
    expect(await outcome).toMatch('given up');
    expect(tried.every(({ socket }) => socket.destroyed)).toBe(true);
  });

  test('none is an error', async () => {
    expect(await start([]).outcome).toMatch('no addresses');
  });
});
