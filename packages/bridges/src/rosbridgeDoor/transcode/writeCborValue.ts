import type { ElementLayout, NumericArray, RosObject, RosValue, StructLayout } from '@longline/ros';
import type { CborWriter } from './CborWriter.ts';

/** RFC 8746: typed arrays, little endian. `uint8[]` and `char[]` are byte strings. */
const typedArrayTags: ReadonlyMap<string, number> = new Map([
  ['Int8Array', 72],
  ['Uint16Array', 69],
  ['Uint32Array', 70],
  ['BigUint64Array', 71],
  ['Int16Array', 77],
  ['Int32Array', 78],
  ['BigInt64Array', 79],
  ['Float32Array', 85],
  ['Float64Array', 86],
]);
const TAG = 6;
const LIST = 4;
const MAP = 5;

/** Writes a decoded message as rosbridge's CBOR (PROTOCOLS 1.8). */
export function writeCborStruct(layout: StructLayout, value: RosObject, writer: CborWriter): void {
  writer.head(MAP, layout.fields.length);
  for (const { name, element, array } of layout.fields) {
    writer.text(name);
    const member = value[name];
    if (array === undefined) writeElement(layout, element, member, writer);
    else if (element.kind === 'number') writeNumbers(member as NumericArray, element.word, 'length' in array, writer);
    else {
      const items = member as readonly RosValue[];
      writer.head(LIST, items.length);
      for (const item of items) writeElement(layout, element, item, writer);
    }
  }
}

/** Any value without a definition: lists are lists, whole numbers integers. */
export function writeCborPlain(value: unknown, writer: CborWriter): void {
  if (typeof value === 'string') writer.text(value);
  else if (typeof value === 'number') writeNumber(value, writer);
  else if (typeof value === 'bigint') writer.integer(value);
  else if (typeof value === 'boolean') writer.bool(value);
  else if (value instanceof Uint8Array) writer.byteString(value);
  else if (Array.isArray(value)) {
    writer.head(LIST, value.length);
    for (const item of value as readonly unknown[]) writeCborPlain(item, writer);
  } else if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value);
    writer.head(MAP, members.length);
    for (const [name, member] of members) {
      writer.text(name);
      writeCborPlain(member, writer);
    }
  } else writer.null();
}

function writeNumber(value: number, writer: CborWriter): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) writer.integer(value);
  else writer.float(value);
}

function writeElement(
  layout: StructLayout,
  element: ElementLayout,
  value: RosValue | undefined,
  writer: CborWriter,
): void {
  switch (element.kind) {
    case 'number':
      if (element.number.form === 'float') writer.float(value as number);
      else writer.integer(value as number | bigint);
      return;
    case 'bool':
      return writer.bool(value === true);
    case 'string':
      return writer.text(value as string);
    case 'time': {
      const { sec, nsec } = value as { readonly sec: number; readonly nsec: number };
      const isRos1 = layout.rosVersion === 1;
      writer.head(MAP, 2);
      writer.text(isRos1 ? 'secs' : 'sec');
      writer.integer(sec);
      writer.text(isRos1 ? 'nsecs' : 'nanosec');
      writer.integer(nsec);
      return;
    }
    case 'struct':
      return writeCborStruct(element.struct, value as RosObject, writer);
  }
}

function writeNumbers(values: NumericArray, word: string, isFixed: boolean, writer: CborWriter): void {
  if (!isFixed && values instanceof Uint8Array) {
    // ROS 2's `byte[]` has no tag of its own but uint8's bytes.
    writer.byteString(values);
    return;
  }
  const tag = typedArrayTags.get(values[Symbol.toStringTag]);
  if (!isFixed && tag !== undefined) {
    writer.head(TAG, tag);
    writer.byteString(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return;
  }
  writer.head(LIST, values.length);
  const isFloat = word.startsWith('float');
  for (const value of values) {
    if (isFloat) writer.float(Number(value));
    else writer.integer(value);
  }
}
