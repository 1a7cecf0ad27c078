import fc from 'fast-check';
import { numericTypes } from './numericTypes.ts';
import type { NumericName } from './numericTypes.ts';
import type { RosObject, RosValue } from './RosValue.ts';

/** A made-up definition and a value of it, for property tests. */
export interface GeneratedMessage {
  readonly text: string;
  readonly value: RosObject;
}

interface FieldType {
  readonly word: string;
  readonly value: fc.Arbitrary<RosValue>;
  readonly array: (lengths: { minLength: number; maxLength: number }) => fc.Arbitrary<RosValue>;
}

function numeric(name: NumericName, word: string = name): FieldType {
  const type = numericTypes[name];
  const value: fc.Arbitrary<number | bigint> =
    type.form === 'float'
      ? type.bytes === 4
        ? fc.float()
        : fc.double()
      : type.form === 'bigint'
        ? fc.bigInt({ min: type.min, max: type.max })
        : fc.integer({ min: type.minNumber, max: type.maxNumber });
  return {
    word,
    value,
    array: (lengths) =>
      fc.array(value, lengths).map((items) => {
        const array = type.makeArray(items.length);
        for (const [i, item] of items.entries()) array[i] = item;
        return array;
      }),
  };
}

function plain(word: string, value: fc.Arbitrary<RosValue>): FieldType {
  return { word, value, array: (lengths) => fc.array(value, lengths) };
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const time = (minSec: number, maxSec: number) =>
  fc.record({ sec: fc.integer({ min: minSec, max: maxSec }), nsec: fc.integer({ min: 0, max: 999_999_999 }) });

function leafTypes(rosVersion: 1 | 2): FieldType[] {
  const names = Object.keys(numericTypes) as NumericName[];
  const [minInt, maxInt] = [-(2 ** 31), 2 ** 31 - 1];
  return [
    ...names.map((name) => numeric(name)),
    numeric('uint8', 'char'),
    numeric(rosVersion === 1 ? 'int8' : 'uint8', 'byte'),
    plain('bool', fc.boolean()),
    plain('string', text),
    ...(rosVersion === 1
      ? [plain('time', time(0, 2 ** 32 - 1)), plain('duration', time(minInt, maxInt))]
      : [plain('builtin_interfaces/Time', time(minInt, maxInt))]),
  ];
}

/** Messages with up to two levels of nested types, arrays of all shapes, and values at the edges of their ranges. */
export function generatedMessage(rosVersion: 1 | 2): fc.Arbitrary<GeneratedMessage> {
  const leaves = leafTypes(rosVersion);
  const level0 = struct(leaves, 'p/C');
  const level1 = level0.chain((inner) => struct([...leaves, plain('p/C', inner.value)], 'p/B', inner.sections));
  const level2 = level1.chain((inner) => struct([...leaves, plain('p/B', inner.value)], '', inner.sections));
  return level2.chain(({ sections, value }) => value.map((object) => ({ text: sections, value: object })));
}

interface StructShape {
  readonly sections: string;
  readonly value: fc.Arbitrary<RosObject>;
}

function struct(types: FieldType[], name: string, inner = ''): fc.Arbitrary<StructShape> {
  const field = fc.record({
    type: fc.constantFrom(...types),
    array: fc.constantFrom('', '', '[]', '[0]', '[1]', '[3]'),
  });
  return fc.array(field, { maxLength: 5 }).map((fields) => {
    const lines = fields.map(({ type, array }, i) => `${type.word}${array} f${i}\n`);
    const members = fields.map(({ type, array }, i): [string, fc.Arbitrary<RosValue>] => {
      const fixed = /\d/.test(array) ? Number(array.slice(1, -1)) : undefined;
      const lengths = { minLength: fixed ?? 0, maxLength: fixed ?? 4 };
      return [`f${i}`, array === '' ? type.value : type.array(lengths)];
    });
    const heading = name === '' ? '' : `${'='.repeat(80)}\nMSG: ${name}\n`;
    return {
      sections: name === '' ? lines.join('') + inner : inner + heading + lines.join(''),
      value: fc.record(Object.fromEntries(members)).map((record) => ({ ...record })),
    };
  });
}
