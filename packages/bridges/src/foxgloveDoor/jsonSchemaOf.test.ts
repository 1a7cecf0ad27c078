import { expect, test } from 'vitest';
import { jsonSchemaOf } from './jsonSchemaOf.ts';

test('the fields of a definition are named, with bytes as base64', () => {
  const text = [
    'string name',
    'uint8[] data',
    'float64[3] gains',
    'Point at',
    'time stamp',
    'bool on',
    'int64 count',
    '='.repeat(80),
    'MSG: p/Point',
    'float32 x',
    '',
  ].join('\n');
  expect(jsonSchemaOf({ name: 'p/T', encoding: 'ros1msg', text })).toEqual({
    title: 'p/T',
    type: 'object',
    properties: {
      name: { type: 'string' },
      data: { type: 'string', contentEncoding: 'base64' },
      gains: { type: 'array', items: { type: 'number' } },
      at: { type: 'object', properties: { x: { type: 'number' } } },
      stamp: { type: 'object' },
      on: { type: 'boolean' },
      count: { type: 'integer' },
    },
  });
});

test('without a definition, or with one that cannot be read, it is any object', () => {
  expect(jsonSchemaOf({ name: 'p/T', encoding: '', text: '' })).toEqual({ type: 'object' });
  expect(jsonSchemaOf({ name: 'p/T', encoding: 'ros1msg', text: 'Nowhere x\n' })).toEqual({ type: 'object' });
});

test('a definition that doubles at each depth is cut short', () => {
  const types = Array.from({ length: 15 }, (_, depth) =>
    ['='.repeat(80), `MSG: p/T${depth}`, `T${depth + 1}[] a`, `T${depth + 1}[] b`].join('\n'),
  );
  const text = ['T0 x', ...types, '='.repeat(80), 'MSG: p/T15', 'int32 x'].join('\n');
  const schema = jsonSchemaOf({ name: 'p/Root', encoding: 'ros1msg', text });
  expect(JSON.stringify(schema).length).toBeLessThan(500_000);
});
