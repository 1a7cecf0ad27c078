import type { MessageParts } from '@longline/ros';
import { FakeClock } from '@longline/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Delivery, Lane } from './channelRecords.ts';
import { FrameBuilder } from './FrameBuilder.ts';
import { Outbox } from './Outbox.ts';
import { readRecords } from './readRecords.ts';

const message = (sequence: number, bytes = 1): MessageParts => ({
  sequence,
  logTime: 0n,
  publishTime: 0n,
  data: new Uint8Array(bytes),
});

/** Takes everything out as `channel:sequence`, in frames of about `maxBytes`. */
function drain(outbox: Outbox, maxBytes = 1_000): string[][] {
  const frames: string[][] = [];
  for (;;) {
    const builder = new FrameBuilder();
    outbox.fill(
      builder,
      { maxBytes, cutBytes: 10_000, partBytes: 10_000, lowest: 'bulk', starvedAfterMs: 1_000 },
      { handleTaken: () => undefined, handlePart: () => undefined },
    );
    if (builder.length === 0) return frames;
    const records: string[] = [];
    readRecords(builder.take(), {
      handleMessage: (record) => records.push(`${record.channelId}:${record.sequence}`),
      handleRecord: () => undefined,
    });
    frames.push(records);
  }
}

function open(...channels: [number, Lane, Delivery][]): Outbox {
  const outbox = new Outbox(new FakeClock(), { queueDepth: 3 });
  for (const [id, lane, delivery] of channels) outbox.openChannel(id, { lane, delivery });
  outbox.block('bulk');
  return outbox;
}

describe('Outbox', () => {
  test('an urgent lane goes first and channels of a lane take turns', () => {
    const outbox = open([1, 'bulk', 'queue'], [2, 'state', 'queue'], [3, 'state', 'queue']);
    for (const sequence of [0, 1]) for (const id of [1, 2, 3]) outbox.push(id, message(sequence));
    expect(drain(outbox)).toEqual([['2:0', '3:0', '2:1', '3:1', '1:0', '1:1']]);
  });

  test('nothing is replaced while the line takes everything', () => {
    const outbox = open([1, 'telemetry', 'latest']);
    for (let sequence = 0; sequence < 10; sequence++) outbox.push(1, message(sequence));
    expect(drain(outbox).flat()).toHaveLength(10);
    expect(outbox.droppedTotal).toBe(0);
  });

  test('while blocked, latest keeps the newest and queue its newest few, and the drops are told once', () => {
    const outbox = open([1, 'telemetry', 'latest'], [2, 'telemetry', 'queue']);
    outbox.block(undefined);
    for (let sequence = 0; sequence < 10; sequence++) for (const id of [1, 2]) outbox.push(id, message(sequence));
    expect(outbox.takeDropped()).toEqual([
      { channel: 1, count: 9 },
      { channel: 2, count: 7 },
    ]);
    expect(outbox.takeDropped()).toEqual([]);
    expect([outbox.laneDropped('telemetry'), outbox.laneDropped('bulk')]).toEqual([16, 0]);
    expect(drain(outbox).flat().sort()).toEqual(['1:9', '2:7', '2:8', '2:9']);
  });

  test('a message larger than a frame may be is dropped and counted', () => {
    const outbox = open([1, 'bulk', 'latest']);
    outbox.maxMessageBytes = 100;
    outbox.push(1, message(0, 200));
    expect(outbox.takeDropped()).toEqual([{ channel: 1, count: 1 }]);
  });

  test('a message larger than a batch goes alone', () => {
    const outbox = open([1, 'telemetry', 'queue'], [2, 'bulk', 'queue']);
    outbox.push(2, message(0, 5_000));
    outbox.push(1, message(0));
    expect(drain(outbox)).toEqual([['1:0'], ['2:0']]);
  });

  test('memory is bounded: bulk gives way to state, never the other way round', () => {
    const outbox = new Outbox(new FakeClock(), { maxBytes: 1_000, queueDepth: 1_000 });
    outbox.openChannel(1, { lane: 'state', delivery: 'queue' });
    outbox.openChannel(2, { lane: 'bulk', delivery: 'queue' });
    for (let sequence = 0; sequence < 3; sequence++) outbox.push(2, message(sequence, 200));
    for (let sequence = 0; sequence < 4; sequence++) outbox.push(1, message(sequence, 200));
    outbox.push(2, message(3, 200));
    expect(outbox.bytes).toBeLessThanOrEqual(1_000);
    outbox.block('bulk');
    expect(drain(outbox).flat()).toEqual(['1:0', '1:1', '1:2', '1:3']);
  });

  test('a closed channel takes what waits of it along', () => {
    const outbox = open([1, 'state', 'queue']);
    outbox.push(1, message(0));
    outbox.closeChannel(1);
    expect(outbox.bytes).toBe(0);
    expect(drain(outbox)).toEqual([]);
  });

  test('for any pushes and fills, order within a channel holds and every message is sent, waiting or counted as dropped', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ push: fc.nat(3), bytes: fc.nat(400) }) },
      { weight: 1, arbitrary: fc.record({ fill: fc.integer({ min: 1, max: 2_000 }) }) },
      { weight: 1, arbitrary: fc.record({ blocked: fc.boolean() }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const outbox = new Outbox(new FakeClock(), { maxBytes: 2_000, queueDepth: 5 });
        outbox.openChannel(0, { lane: 'control', delivery: 'queue' });
        outbox.openChannel(1, { lane: 'state', delivery: 'latest' });
        outbox.openChannel(2, { lane: 'telemetry', delivery: 'queue' });
        outbox.openChannel(3, { lane: 'bulk', delivery: 'latest' });
        const pushed = [0, 0, 0, 0];
        const last = [-1, -1, -1, -1];
        let sent = 0;
        const take = (maxBytes: number): void => {
          for (const record of drain(outbox, maxBytes).flat()) {
            const [id, sequence] = record.split(':').map(Number) as [number, number];
            expect(sequence).toBeGreaterThan(last[id]!);
            last[id] = sequence;
            sent += 1;
          }
        };
        for (const action of steps) {
          if ('push' in action) outbox.push(action.push, message(pushed[action.push]!++, action.bytes));
          else if ('fill' in action) take(action.fill);
          else outbox.block(action.blocked ? undefined : 'bulk');
          expect(outbox.bytes).toBeLessThanOrEqual(2_000);
        }
        take(1_000);
        expect(sent + outbox.droppedTotal).toBe(pushed.reduce((sum, count) => sum + count, 0));
        expect(outbox.bytes).toBe(0);
      }),
    );
  });
});
