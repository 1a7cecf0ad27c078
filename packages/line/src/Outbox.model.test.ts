import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Lane } from './channelRecords.ts';
import type { FillOptions } from './Outbox.ts';
import { OutboxModel } from './OutboxModel.fixture.ts';

type Step = fc.Command<object, OutboxModel>;

/** One step of a run. Every step may be done at any time. */
const step = (text: string, act: (model: OutboxModel) => unknown): Step => ({
  check: () => true,
  run: (_, model) => void act(model),
  toString: () => text,
});

const lane = fc.constantFrom<Lane>('control', 'state', 'telemetry', 'bulk');
const id = fc.nat(5);
/** Mostly small, now and then some that leave in parts, and some that are too large. */
const dataBytes = fc.oneof(
  { weight: 6, arbitrary: fc.nat(400) },
  { weight: 2, arbitrary: fc.nat(3_000) },
  { weight: 1, arbitrary: fc.constantFrom(0, 4_971, 4_972, 5_900) },
);

const channel = fc.record({
  lane,
  delivery: fc.constantFrom('latest' as const, 'queue' as const),
  maxAgeMs: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
});

const room = fc.record({
  maxBytes: fc.integer({ min: 1, max: 2_500 }),
  cutBytes: fc.integer({ min: 100, max: 2_000 }),
  partBytes: fc.integer({ min: 1, max: 1_500 }),
  lowest: lane,
  size: fc.constantFrom('any', 'any', 'small', 'large'),
  refused: fc.option(fc.subarray([0, 1, 2, 3, 4, 5], { minLength: 1 }), { nil: undefined, freq: 2 }),
  starvedAfterMs: fc.constantFrom(100, 1_000),
});

function fillOptions({ size, refused, ...rest }: typeof room extends fc.Arbitrary<infer T> ? T : never): FillOptions {
  return {
    ...rest,
    ...(size === 'small' ? { smallOnly: true } : size === 'large' ? { largeOnly: true } : {}),
    ...(refused === undefined ? {} : { mayTake: (channelId) => !refused.includes(channelId) }),
  };
}

const push = fc
  .tuple(id, dataBytes)
  .map(([channelId, bytes]) => step(`push ${channelId}, ${bytes} bytes`, (model) => model.push(channelId, bytes)));

const steps = fc.commands<object, OutboxModel>(
  [
    push,
    push,
    push,
    fc.integer({ min: 1, max: 400 }).map((ms) => step(`wait ${ms} ms`, (model) => model.clock.stall(ms))),
    room.map((given) => step(`fill ${fc.stringify(given)}`, (model) => model.fill(fillOptions(given)))),
    room.map((given) => step(`fill ${fc.stringify(given)}`, (model) => model.fill(fillOptions(given)))),
    fc.option(lane, { nil: undefined }).map((lowest) => step(`block beyond ${lowest}`, (model) => model.block(lowest))),
    fc
      .tuple(id, channel)
      .map(([channelId, given]) =>
        step(`open ${channelId} ${fc.stringify(given)}`, (model) => model.open(channelId, given)),
      ),
    id.map((channelId) => step(`close ${channelId}`, (model) => model.close(channelId))),
    fc.constant(step('the line ends', (model) => model.endLine())),
  ],
  { maxCommands: 120, size: '+1' },
);

/** A channel of each lane, of both kinds of delivery. */
function newModel(): OutboxModel {
  const model = new OutboxModel();
  for (const [number, name] of (['control', 'state', 'telemetry', 'bulk', 'bulk'] as const).entries())
    model.open(number, { lane: name, delivery: number % 2 === 0 ? 'queue' : 'latest' });
  return model;
}

describe('Outbox', () => {
  test('for any steps: order, drops, bytes, bounds, ages, turns of starved lanes, and parts are as in the model', () => {
    fc.assert(
      fc.property(steps, (commands) => {
        const model = newModel();
        fc.modelRun(() => ({ model: {}, real: model }), commands);
        model.drain();
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 200) },
    );
  });

  test.each(['latest', 'queue'] as const)(
    'a lane of %s channels that waits behind a flood of urgent ones gets a turn every second, and so small that they hardly wait for it',
    (delivery) => {
      const model = new OutboxModel();
      model.open(0, { lane: 'control', delivery: 'queue' });
      model.open(1, { lane: 'state', delivery: 'latest' });
      model.open(2, { lane: 'telemetry', delivery });
      model.open(3, { lane: 'bulk', delivery });
      model.block('control');
      const turns: Record<Lane, number[]> = { control: [], state: [], telemetry: [], bulk: [] };
      for (let atMs = 0; atMs < 20_000; atMs += 10) {
        for (const channelId of [0, 1, 2]) model.push(channelId, 200);
        if (atMs % 40 === 0) model.push(3, 3_000);
        // The path carries one message in each of these times, and three come.
        const before = { ...model.turnsMs };
        const bytes = model.fill({
          maxBytes: 250,
          cutBytes: 2_000,
          partBytes: 1_000,
          lowest: 'bulk',
          starvedAfterMs: 1_000,
        });
        expect(bytes).toBeLessThanOrEqual(1_100);
        for (const each of ['control', 'state', 'telemetry', 'bulk'] as const)
          if (model.turnsMs[each] !== before[each]) turns[each].push(atMs);
        model.clock.stall(10);
      }
      expect(turns.control.length).toBeGreaterThan(1_800);
      for (const each of ['state', 'telemetry', 'bulk'] as const) {
        const gapsMs = turns[each].map((atMs, at) => atMs - (turns[each][at - 1] ?? 0));
        expect(Math.max(...gapsMs)).toBeLessThanOrEqual(1_030);
      }
    },
  );
});
