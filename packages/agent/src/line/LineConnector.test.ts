import type { LineEndpoint } from '@longline/line';
import { FakeClock, FakeLineServer } from '@longline/testing';
import { describe, expect, test } from 'vitest';
import { FakeNetwork, makeConnector } from './FakeNetwork.fixture.ts';

test('attempts come at doubling intervals up to three seconds, and at once again after a stable line', async () => {
  const network = new FakeNetwork();
  const { connector } = makeConnector([network.dial], network.clock);
  network.answer = (dial) => network.clock.after(0, () => dial.fail('HTTP 503'));
  connector.start();
  // With the most jitter the waits are half of 200, 400, 800, 1,600 and 3,000 ms.
  await network.clock.advance(6_000);
  expect(network.dialledMs).toEqual([0, 100, 300, 700, 1_500, 3_000, 4_500, 6_000]);
  expect(connector.state).toMatchObject({ state: 'waiting', reason: 'connect HTTP 503' });
  network.answer = (dial) =>
    network.clock.after(0, () => {
      dial.open();
      dial.welcome();
    });
  await network.clock.advance(1_500 + 5_000);
  expect(connector.state).toMatchObject({ state: 'open', server: 's' });
  network.last.close(4503, 'SERVER_STOPPING: come back');
  expect(connector.state).toMatchObject({ state: 'waiting', code: 'SERVER_STOPPING' });
  await network.clock.advance(100);
  expect(network.dials.length).toBe(10);
});

test('a line taken by another agent is retried no sooner than in thirty seconds, and the log says what to do', async () => {
  const clock = new FakeClock();
  const server = new FakeLineServer(clock);
  const { connector, logged } = makeConnector([server.dial], clock);
  connector.start();
  await clock.advance(100);
  server.replaceLine();
  await clock.advance(29_000);
  expect(server.dials).toBe(1);
  expect(connector.state).toMatchObject({ state: 'waiting', code: 'LINE_REPLACED' });
  expect(logged.last).toMatchObject({ level: 'error', message: expect.stringContaining('same device ID') as string });
  await clock.advance(1_100);
  expect(server.dials).toBe(2);
});

test('after a frame that it cannot read the agent comes back as after any broken line, and the log says why', async () => {
  const network = new FakeNetwork();
  const { connector, logged } = makeConnector([network.dial], network.clock);
  connector.start();
  await network.clock.advance(0);
  network.last.open();
  network.last.welcome();
  network.last.end.handleFrame(new Uint8Array([1, 2, 3]));
  expect(connector.state).toMatchObject({ state: 'waiting', code: 'FRAME_MALFORMED' });
  expect(network.last.closeCode).toBe(4400);
  expect(logged.last).toMatchObject({
    level: 'warn',
    message: 'the line ended; the agent connects again',
    details: { code: 'FRAME_MALFORMED' },
  });
  await network.clock.advance(100);
  expect(network.dials.length).toBe(2);
});

test('the same failure is logged once a minute, not at every attempt', async () => {
  const clock = new FakeClock();
  const server = new FakeLineServer(clock);
  server.isUp = false;
  const { connector, logged } = makeConnector([server.dial], clock);
  connector.start();
  await clock.advance(59_000);
  expect(logged.items.length).toBe(1);
  await clock.advance(4_000);
  expect(logged.items.length).toBe(2);
});

describe('a line that is silent', () => {
  test('is dropped without waiting for anybody, and dialled again in the same moment', async () => {
    const { clock, connector, network, opened } = await openLine({ silenceMs: 3_000 });
    await clock.advance(2_999);
    expect(network.dials.length).toBe(1);
    await clock.advance(1);
    expect(network.does).toEqual(['dropped', 'waits']);
    expect(opened.items).toEqual(['s', 'closed']);
    expect(connector.state).toEqual({ state: 'connecting' });
  });

  test('is not dialled in a hot loop by a server that welcomes and calls it silent at once', async () => {
    const { clock, network } = await openLine();
    network.answer = (dial) =>
      clock.after(0, () => {
        dial.open();
        dial.welcome();
        dial.close(4408, 'LINE_SILENT: nothing was received');
      });
    network.last.close(4408, 'LINE_SILENT: nothing was received');
    await clock.advance(10_000);
    expect(network.dials.length).toBeLessThanOrEqual(21);
  });
});

describe('a line that was taken', () => {
  const replaced = [4409, 'LINE_REPLACED: another agent'] as const;

  test('by what this agent had given up is taken back at once, but once a minute only', async () => {
    const { clock, network } = await openLine({ silenceMs: 3_000 });
    await clock.advance(3_000);
    for (const expected of [3, 3]) {
      network.last.open();
      network.last.welcome();
      await clock.advance(1_000);
      network.last.close(...replaced);
      await clock.advance(200);
      expect(network.dials.length).toBe(expected);
    }
    await clock.advance(28_000);
    expect(network.dials.length).toBe(3);
    await clock.advance(2_000);
    expect(network.dials.length).toBe(4);
  });

  test('by another agent is left to it, on every server', async () => {
    const network = new FakeNetwork();
    const { connector } = makeConnector([network.dial, network.dial], network.clock);
    connector.start();
    await network.clock.advance(0);
    network.last.open();
    network.last.welcome();
    network.last.close(...replaced);
    await network.clock.advance(29_999);
    expect(network.dials.length).toBe(1);
  });
});

describe('when the network changes', () => {
  test('a line whose local address is gone is dropped within half a second, and dialled from the new one', async () => {
    let addresses = ['127.0.0.1', '10.0.0.1'];
    const { clock, logged, network, opened } = await openLine({ localAddresses: () => addresses });
    addresses = ['127.0.0.1', '10.9.9.9'];
    await clock.advance(500);
    expect(network.does).toEqual(['dropped', 'waits']);
    expect(opened.items).toEqual(['s', 'closed']);
    expect(logged.last?.details['reason']).toBe('this machine has lost its address 10.0.0.1');
  });

  test('a new address beside it leaves the line alone', async () => {
    let addresses = ['10.0.0.1'];
    const { clock, network, opened } = await openLine({ localAddresses: () => addresses });
    addresses = ['10.0.0.1', '172.17.0.1'];
    await clock.advance(2_000);
    expect([network.dials.length, opened.items]).toEqual([1, ['s']]);
  });

  test('a wait after failures is cut short, and one that only a person can end is not', async () => {
    const addresses = ['127.0.0.1'];
    const network = new FakeNetwork();
    const { connector } = makeConnector([network.dial], network.clock, { localAddresses: () => [...addresses] });
    network.answer = (dial) => network.clock.after(0, () => dial.fail('HTTP 503'));
    connector.start();
    await network.clock.advance(3_200);
    expect(network.dialledMs.at(-1)).toBe(3_000);
    addresses.push('10.0.0.1');
    network.answer = (dial) => network.clock.after(0, () => dial.close(4403, 'FORBIDDEN: no'));
    await network.clock.advance(300);
    expect(network.dialledMs.at(-1)).toBe(3_500);
    addresses.push('10.0.0.2');
    await network.clock.advance(29_000);
    expect(network.dialledMs.at(-1)).toBe(3_500);
  });
});

test('a robot that joins while it is refused is let in within 2 s, and else waits', async () => {
  const network = new FakeNetwork();
  let stamp = 'none';
  const { connector } = makeConnector([network.dial], network.clock, { credentialStamp: () => stamp });
  network.answer = (dial) => network.clock.after(0, () => dial.close(4401, 'DEVICE_KEY_NEEDED: join'));
  connector.start();
  await network.clock.advance(25_000);
  expect(network.dials.length).toBe(1);
  stamp = 'joined';
  await network.clock.advance(2_000);
  expect(network.dials.length).toBe(2);
});

describe('a further socket', () => {
  /** An end that writes down what happens to it. */
  const recorder = (): { end: LineEndpoint; log: string[] } => {
    const log: string[] = [];
    const end: LineEndpoint = {
      handleOpen: () => log.push('open'),
      handleFrame: (frame) => log.push(`frame ${frame.length}`),
      handleText: () => undefined,
      handleWritable: () => undefined,
      handleDisconnected: (code, reason) => log.push(`end ${code} ${reason}`),
    };
    return { end, log };
  };

  test('goes to the address that won, and carries what comes to its end', async () => {
    const { network, wantSocket } = await openLine();
    const { end, log } = recorder();
    wantSocket(() => end);
    expect(network.last.address).toBe('10.0.0.2');
    network.last.connect();
    network.last.end.handleFrame(new Uint8Array(3));
    network.last.close(4429, 'LIMIT_EXCEEDED: too many');
    network.last.close(1006, '');
    expect(log).toEqual(['open', 'frame 3', 'end 4429 LIMIT_EXCEEDED: too many']);
  });

  test('that cannot be had is told to its end: refused, unanswered, or not even dialled', async () => {
    const { clock, network, wantSocket } = await openLine({ silenceMs: 60_000 });
    const [refused, unanswered, impossible] = [recorder(), recorder(), recorder()];
    wantSocket(() => refused.end);
    network.last.fail('ECONNREFUSED');
    expect(refused.log).toEqual(['end 1006 connect ECONNREFUSED']);
    wantSocket(() => unanswered.end);
    await clock.advance(1_300);
    expect(network.does.slice(2)).toEqual(['dropped', 'waits', 'waits', 'waits', 'waits']);
    expect(unanswered.log).toEqual([]);
    await clock.advance(8_700);
    expect(unanswered.log).toEqual(['end 1006 no answer came within 10000 ms']);
    expect(network.last.isAbandoned).toBe(true);
    network.answer = () => {
      throw new Error('no more sockets');
    };
    wantSocket(() => impossible.end);
    expect(impossible.log).toEqual(['end 1006 no more sockets']);
  });

  test('is the first of several dials to be connected, and says its hello on that one only', async () => {
    const { clock, network, wantSocket } = await openLine({ silenceMs: 60_000 });
    const { end, log } = recorder();
    wantSocket(() => end);
    await clock.advance(500);
    network.dials[2]!.connect();
    network.dials[1]!.connect();
    expect(log).toEqual(['open']);
    expect(network.does).toEqual(['greeted', 'dropped', 'waits']);
    network.dials[1]!.close(1006, '');
    expect(log).toEqual(['open']);
  });

  test('is dropped with a silent line, and none is dialled for a line that is over', async () => {
    const { clock, network, wantSocket } = await openLine({ silenceMs: 3_000 });
    const { end, log } = recorder();
    wantSocket(() => end);
    network.last.connect();
    await clock.advance(3_000);
    expect(log).toEqual(['open', 'end 1006 the line is over']);
    expect(network.does).toEqual(['dropped', 'dropped', 'waits']);
    wantSocket(() => end);
    expect(network.dials.length).toBe(3);
  });
});

test('stopping drops what is under way and leaves no timer', async () => {
  const network = new FakeNetwork();
  const { connector } = makeConnector([network.dial], network.clock);
  connector.start();
  await network.clock.advance(1_000);
  connector.stop();
  await network.clock.advance(0);
  expect(network.does).toEqual(['dropped', 'dropped', 'dropped']);
  expect(network.clock.pendingTimers).toBe(0);
});

/** A connector with an open line. */
async function openLine(options: Parameters<typeof makeConnector>[2] = {}) {
  const network = new FakeNetwork();
  const world = makeConnector([network.dial], network.clock, options);
  world.connector.start();
  await network.clock.advance(0);
  network.last.open();
  network.last.welcome();
  return { ...world, network, clock: network.clock };
}
