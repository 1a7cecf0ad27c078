import { serviceSchema, stringifyExact } from '@longline/ros';
import type { GraphStatus, ServiceHandler } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import { expect, test } from 'vitest';
import type { Reply, ReplyListener } from './OpenRequests.ts';
import { RemoteGraph } from './RemoteGraph.ts';
import type { Action } from './requestRecords.ts';
import { MAX_SERVICE_CALLS } from './ServiceCalls.ts';

const schema = serviceSchema('std_srvs/Trigger', '---\nbool success\nstring message', 'ros1msg', () => undefined);
const advertisement = { service: '/far', type: 'std_srvs/Trigger' };
const nothing = new Uint8Array(0);
const decode = (data: Uint8Array): string => new TextDecoder().decode(data);

/** A robot at the end of a line that does what the test says. */
class World {
  readonly clock = new FakeClock();
  /** Requests that stay open, the newest last. */
  readonly opened: ReplyListener[] = [];
  readonly asked: { readonly action: Action; readonly payload: Uint8Array }[] = [];
  openError: Error | undefined;
  #tellStatus: (status: GraphStatus) => void = () => undefined;

  readonly graph = new RemoteGraph({
    name: 'r1',
    clock: this.clock,
    request: (action, payload) => {
      this.asked.push({ action, payload });
      return Promise.resolve({ id: '', state: 'done', payload: nothing });
    },
    open: (_action, _options, listener) => {
      if (this.openError !== undefined) return Promise.reject(this.openError);
      this.opened.push(listener);
      return Promise.resolve();
    },
    subscribe: () => ({ close: () => undefined }),
    watchStatus: (listener) => {
      this.#tellStatus = listener;
      listener({ state: 'connected' });
      return () => (this.#tellStatus = () => undefined);
    },
  });

  say(reply: Partial<Reply> & Pick<Reply, 'state'>): void {
    this.opened.at(-1)?.({ id: 'q', payload: nothing, ...reply });
  }

  /** ROS knows the service. */
  done(): void {
    this.say({ state: 'done', payload: new TextEncoder().encode(stringifyExact(schema)) });
  }

  status(state: 'connected' | 'disconnected'): void {
    this.#tellStatus(state === 'connected' ? { state } : { state, code: 'DEVICE_OFFLINE', reason: 'away' });
  }

  async provided(handler: ServiceHandler): Promise<{ close(): void }> {
    const providing = this.graph.advertiseService(advertisement, handler);
    this.done();
    const provided = await providing;
    expect(provided.schema).toEqual(schema);
    return provided;
  }

  get answers(): string[] {
    return this.asked.flatMap(({ action, payload }) =>
      action.kind === 'service.respond' ? [`${action.call} ${action.result} ${decode(payload)}`] : [],
    );
  }

  count(kind: Action['kind']): number {
    return this.asked.filter(({ action }) => action.kind === kind).length;
  }
}

const echo: ServiceHandler = (request) => Promise.resolve(request);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('calls are answered with what the handler gives or throws, those before the word that it is known too', async () => {
  const world = new World();
  const providing = world.graph.advertiseService(advertisement, (request) =>
    decode(request) === 'no' ? Promise.reject(new Error('no power')) : Promise.resolve(request),
  );
  world.say({ state: 'called', call: 1, payload: bytes('early') });
  world.done();
  const provided = await providing;
  world.say({ state: 'called', call: 2, payload: bytes('yes') });
  world.say({ state: 'called', call: 3, payload: bytes('no') });
  await world.clock.advance(0);
  expect(world.answers).toEqual(['1 true early', '2 true yes', '3 false no power']);
  provided.close();
  provided.close();
  expect(world.count('service.unadvertise')).toBe(1);
  expect(world.clock.pendingTimers).toBe(0);
});

test('the handler hears that nobody waits any more, and its late answer goes nowhere', async () => {
  const world = new World();
  const signals: AbortSignal[] = [];
  const late: (() => void)[] = [];
  await world.provided((request, { signal }) => {
    signals.push(signal);
    return new Promise((resolve) => late.push(() => resolve(request)));
  });
  world.say({ state: 'called', call: 1, deadlineMs: 1_000 });
  world.say({ state: 'called', call: 2, deadlineMs: 60_000 });
  await world.clock.advance(1_000);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  world.say({ state: 'unknown', code: 'LINE_CLOSED' });
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  for (const answer of late) answer();
  await world.clock.advance(0);
  expect(world.answers).toEqual([]);
});

test('after a lost line it is provided again, at once when the robot is back, and while it is refused again and again', async () => {
  const world = new World();
  const provided = await world.provided(echo);
  world.status('disconnected');
  world.say({ state: 'unknown', code: 'LINE_CLOSED' });
  await world.clock.advance(60_000);
  expect(world.opened).toHaveLength(1);
  world.status('connected');
  await world.clock.advance(0);
  expect(world.opened).toHaveLength(2);
  world.say({ state: 'rejected', code: 'SERVICE_EXISTS' });
  await world.clock.advance(10_000);
  expect(world.opened).toHaveLength(3);
  world.openError = new Error('away');
  world.say({ state: 'rejected', code: 'SERVICE_EXISTS' });
  await world.clock.advance(10_000);
  world.openError = undefined;
  await world.clock.advance(10_000);
  world.done();
  await world.clock.advance(0);
  const attempts = world.opened.length;
  world.say({ state: 'called', call: 9, payload: bytes('again') });
  await world.clock.advance(60_000);
  expect(world.answers).toEqual(['9 true again']);
  expect(world.opened).toHaveLength(attempts);
  provided.close();
  world.say({ state: 'cancelled', code: 'SERVICE_ENDED' });
  await world.clock.advance(60_000);
  expect(world.opened).toHaveLength(attempts);
  expect(world.clock.pendingTimers).toBe(0);
});

test('a first refusal is the caller’s, and nothing goes on; where no answer came the robot is told to end it', async () => {
  const world = new World();
  const refused = world.graph.advertiseService(advertisement, echo);
  world.say({ state: 'rejected', code: 'SERVICE_EXISTS', message: 'taken' });
  await expect(refused).rejects.toMatchObject({ code: 'SERVICE_EXISTS', message: 'taken' });
  expect(world.asked).toEqual([]);
  const silent = world.graph.advertiseService(advertisement, echo);
  world.say({ state: 'unknown', code: 'REPLY_MISSING' });
  await expect(silent).rejects.toMatchObject({ code: 'REPLY_MISSING' });
  expect(world.count('service.unadvertise')).toBe(1);
  const nonsense = world.graph.advertiseService(advertisement, echo);
  world.say({ state: 'done', payload: bytes('{') });
  await expect(nonsense).rejects.toThrow();
  await world.clock.advance(60_000);
  expect(world.opened).toHaveLength(3);
  expect(world.clock.pendingTimers).toBe(0);
});

test('who no longer wants it while it is being provided gets the reason, and the robot is told', async () => {
  const world = new World();
  const controller = new AbortController();
  const providing = world.graph.advertiseService(advertisement, echo, { signal: controller.signal });
  await world.clock.advance(0);
  controller.abort(new Error('changed my mind'));
  await expect(providing).rejects.toThrow('changed my mind');
  expect(world.count('service.unadvertise')).toBe(1);
  world.done();
  await world.clock.advance(60_000);
  expect(world.opened).toHaveLength(1);
});

test('more calls at once than may be are refused, the others go on', async () => {
  const world = new World();
  await world.provided(() => new Promise(() => undefined));
  for (let call = 1; call <= MAX_SERVICE_CALLS + 1; call++) world.say({ state: 'called', call });
  await world.clock.advance(0);
  expect(world.answers).toEqual([expect.stringMatching(/^101 false 100 calls/)]);
});

test('a graph that is closed provides nothing', async () => {
  const world = new World();
  await world.provided(echo);
  await world.graph.close();
  expect(world.count('service.unadvertise')).toBe(1);
  await expect(world.graph.advertiseService(advertisement, echo)).rejects.toMatchObject({ code: 'GRAPH_CLOSED' });
});
