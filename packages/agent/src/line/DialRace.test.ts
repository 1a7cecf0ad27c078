import { describe, expect, test } from 'vitest';
import { FakeNetwork, makeConnector } from './FakeNetwork.fixture.ts';
import type { ConnectorWorld } from './FakeNetwork.fixture.ts';

function start(servers = 1): ConnectorWorld & { network: FakeNetwork } {
  const network = new FakeNetwork();
  const world = makeConnector(Array(servers).fill(network.dial), network.clock);
  world.connector.start();
  return { ...world, network };
}

describe('unanswered dials', () => {
  test('overlap every half second, six at once; the oldest stays for a path that is only slow', async () => {
    const { network } = start();
    await network.clock.advance(3_499);
    expect(network.dialledMs).toEqual([0, 500, 1_000, 1_500, 2_000, 2_500, 3_000]);
    expect(network.does).toEqual(['waits', 'dropped', 'waits', 'waits', 'waits', 'waits', 'waits']);
    await network.clock.advance(1);
    expect(network.does).toEqual(['waits', 'dropped', 'dropped', 'waits', 'waits', 'waits', 'waits', 'waits']);
  });

  test('when the link is back the line is open after one handshake, and all others are dropped', async () => {
    const { connector, network, opened } = start();
    await network.clock.advance(20_100);
    network.last.open();
    network.last.welcome();
    expect(opened.items).toEqual(['s']);
    expect(connector.state).toMatchObject({ state: 'open' });
    expect(network.does.slice(0, -1).every((does) => does === 'dropped')).toBe(true);
    await network.clock.advance(3_000);
    expect(network.dials.length).toBe(41);
  });

  test('the oldest is given up after ten seconds, and the log says so once', async () => {
    const { logged, network } = start();
    await network.clock.advance(30_000);
    expect(network.dials[0]).toMatchObject({ does: 'dropped' });
    expect(logged.items).toMatchObject([
      { level: 'warn', message: 'the server cannot be reached; the agent goes on trying' },
    ]);
  });

  test('one that was answered gets half a second before another starts beside it, then twice as long each time, at most four seconds', async () => {
    const { network } = start();
    network.answer = (dial) => dial.progress();
    await network.clock.advance(12_000);
    expect(network.dialledMs).toEqual([0, 500, 1_500, 3_500, 7_500, 11_500]);
  });

  test('unreachable networks are tried again every half second to a second, without end', async () => {
    const { network } = start();
    network.answer = (dial) => network.clock.after(0, () => dial.fail('ENETUNREACH'));
    await network.clock.advance(60_000);
    const gapsMs = network.dialledMs.slice(1).map((atMs, index) => atMs - network.dialledMs[index]!);
    expect(new Set(gapsMs)).toEqual(new Set([500]));
  });

  test('refusals back off up to three seconds, and several at once count once', async () => {
    const { network } = start();
    await network.clock.advance(2_600);
    expect(network.dials.length).toBe(6);
    network.answer = (dial) => network.clock.after(0, () => dial.fail('HTTP 503'));
    for (const dial of network.dials) dial.fail('HTTP 503');
    await network.clock.advance(10_000);
    const gapsMs = network.dialledMs.slice(7).map((atMs, index) => atMs - network.dialledMs[index + 6]!);
    expect(network.dialledMs[6]).toBe(2_700);
    expect(gapsMs).toEqual([200, 400, 800, 1_500, 1_500, 1_500, 1_500, 1_500]);
  });
});

describe('a server that nobody listens for', () => {
  test('is asked often while it may be starting again, and less the longer it is away', async () => {
    const { network } = start();
    network.answer = (dial) => network.clock.after(0, () => dial.fail('ECONNREFUSED'));
    await network.clock.advance(60_000);
    const gapsMs = network.dialledMs.slice(1).map((atMs, index) => Math.round(atMs - network.dialledMs[index]!));
    expect(gapsMs.slice(0, 5)).toEqual([100, 200, 300, 300, 300]);
    expect(gapsMs.at(-1)).toBe(1_500);
    expect(gapsMs.every((gapMs, index) => gapMs >= (gapsMs[index - 1] ?? 0))).toBe(true);
  });
});

describe('of several connections', () => {
  test('only one greets; the next holds its hello until that one has been silent for half a second and is dropped', async () => {
    const { network, opened } = start();
    await network.clock.advance(500);
    const [first, second] = network.dials;
    first!.open();
    second!.open();
    expect(network.does).toEqual(['greeted', 'waits']);
    await network.clock.advance(499);
    expect(network.does).toEqual(['greeted', 'waits']);
    await network.clock.advance(1);
    expect(network.does.slice(0, 2)).toEqual(['dropped', 'greeted']);
    first!.welcome();
    expect(opened.items).toEqual([]);
    second!.welcome();
    expect(opened.items).toEqual(['s']);
  });

  test('the first welcomed wins, and whoever was held has said nothing', async () => {
    const { network, opened } = start();
    await network.clock.advance(500);
    const [first, second] = network.dials;
    second!.open();
    first!.open();
    second!.welcome();
    expect(opened.items).toEqual(['s']);
    expect(first).toMatchObject({ frames: 0, isAbandoned: true });
  });

  test('where the greeting one fails, the newest of those held greets at once', async () => {
    const { network } = start();
    await network.clock.advance(1_000);
    for (const dial of network.dials) dial.open();
    network.dials[0]!.fail('ECONNRESET');
    expect(network.dials.map(({ frames }) => frames)).toEqual([1, 0, 1]);
  });

  test('on a path of long round trips the greeting one has as long as it took to be connected, and each further one longer', async () => {
    const { network, opened } = start();
    await network.clock.advance(1_700);
    network.dials[0]!.open();
    await network.clock.advance(500);
    network.dials[1]!.open();
    await network.clock.advance(1_199);
    expect(network.does[0]).toBe('greeted');
    network.dials[0]!.welcome();
    expect(opened.items).toEqual(['s']);
  });

  test('one whose server says more than its challenge while it is held is dropped', async () => {
    const { network } = start();
    await network.clock.advance(600);
    network.dials[0]!.open();
    network.dials[1]!.open();
    expect(network.does).toEqual(['greeted', 'waits']);
    network.dials[1]!.end.handleFrame(new Uint8Array(3));
    expect(network.does).toEqual(['greeted', 'dropped']);
  });

  test('a held connection that the server closes is no failure', async () => {
    const { logged, network } = start();
    await network.clock.advance(500);
    network.dials[0]!.open();
    network.dials[1]!.open();
    network.dials[1]!.close(4408, 'HELLO_TIMEOUT: no greeting came');
    expect(logged.items).toEqual([]);
    network.dials[0]!.welcome();
    expect(network.dials[0]).toMatchObject({ does: 'greeted' });
  });
});

describe('of several servers', () => {
  function startTwo(): ConnectorWorld & { network: FakeNetwork; toSecond: () => boolean[] } {
    const network = new FakeNetwork();
    const second = new Set<number>();
    const world = makeConnector(
      [
        network.dial,
        (...args) => {
          second.add(network.dials.length);
          return network.dial(...args);
        },
      ],
      network.clock,
    );
    world.connector.start();
    return { ...world, network, toSecond: () => network.dials.map((_dial, index) => second.has(index)) };
  }

  test('the second is dialled half a second after the first, and so in turn', async () => {
    const { network, toSecond } = startTwo();
    await network.clock.advance(1_500);
    expect(network.dialledMs).toEqual([0, 500, 1_000, 1_500]);
    expect(toSecond()).toEqual([false, true, false, true]);
  });

  test('after a refusal the next one is dialled at once, and each waits after its own', async () => {
    const { network, toSecond } = startTwo();
    network.answer = (dial) => network.clock.after(0, () => dial.fail('ECONNREFUSED'));
    await network.clock.advance(300);
    expect(network.dialledMs).toEqual([0, 0, 100, 100, 300, 300]);
    expect(toSecond()).toEqual([false, true, false, true, false, true]);
  });

  test('the one that welcomed is dialled first the next time', async () => {
    const { network, toSecond } = startTwo();
    await network.clock.advance(500);
    network.dials[1]!.open();
    network.dials[1]!.welcome();
    await network.clock.advance(5_500);
    network.dials[1]!.fail('ECONNRESET');
    await network.clock.advance(700);
    expect(toSecond()).toEqual([false, true, true, false]);
    expect(network.dialledMs.slice(2)).toEqual([6_100, 6_600]);
  });
});
