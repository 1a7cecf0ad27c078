import { expect, test } from 'vitest';
import { codecFor } from './codecFor.ts';
import { recordedMessages } from './recordedMessages.fixture.ts';

test.each(recordedMessages)(
  'a recorded $schema.name is read, written to the same bytes, and survives JSON',
  ({ schema, data }) => {
    const codec = codecFor(schema, 'cdr');
    codec.validate(data);
    const value = codec.decode(data);
    const again = codec.encode(value);
    expect(data.length - again.length).toBeLessThan(4);
    expect(again).toEqual(data.subarray(0, again.length));
    expect(codec.fromJson(codec.toJson(value))).toEqual(value);
  },
);

test('the recorded battery has the fields its robot published', () => {
  const { schema, data } = recordedMessages.find((message) => message.schema.name.endsWith('BatteryState'))!;
  expect(codecFor(schema, 'cdr').decode(data)).toMatchObject({
    header: { stamp: { sec: 1795403841, nsec: 338550077 }, frame_id: '' },
    voltage: 24.5,
    temperature: Number.NaN,
    percentage: Math.fround(0.8),
    present: true,
    cell_voltage: Float32Array.of(3.5, Number.NaN),
    location: '',
  });
});
