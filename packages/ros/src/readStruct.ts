import type { RosObject, RosTime, RosValue } from './RosValue.ts';
import type { ElementLayout, FieldLayout, StructLayout } from './StructLayout.ts';
import type { WireReader } from './WireReader.ts';

/** Decodes one struct. */
export function readStruct(layout: StructLayout, reader: WireReader): RosObject {
  reader.countObjects(1);
  const value: Record<string, RosValue> = {};
  for (const field of layout.fields) {
    reader.fieldName = field.name;
    value[field.name] = readField(field, reader);
  }
  if (layout.fields.length === 0 && reader.isCdr) reader.uint8();
  return value;
}

/** Passes over one struct with the checks of {@link readStruct}, making no values. */
export function checkStruct(layout: StructLayout, reader: WireReader): void {
  reader.countObjects(1);
  for (const field of layout.fields) {
    reader.fieldName = field.name;
    checkField(field, reader);
  }
  if (layout.fields.length === 0 && reader.isCdr) reader.uint8();
}

function readField({ element, array, elementBytes }: FieldLayout, reader: WireReader): RosValue {
  if (array === undefined) return readElement(element, reader);
  const length = 'length' in array ? array.length : reader.arrayLength(array.max, elementBytes);
  if (element.kind === 'number') return reader.numericArray(element.number, length);
  const values: RosValue[] = [];
  for (let i = 0; i < length; i++) values.push(readElement(element, reader));
  return values;
}

function readElement(element: ElementLayout, reader: WireReader): RosValue {
  switch (element.kind) {
    case 'number':
      return reader.number(element.number);
    case 'bool':
      // C++ publishes whatever byte an uninitialized bool holds; anything but 0 is true there.
      return reader.uint8() !== 0;
    case 'string':
      return reader.string(element.maxLength);
    case 'time':
      return readTime(element, reader);
    case 'struct':
      return readStruct(element.struct, reader);
  }
}

function readTime(element: ElementLayout & { kind: 'time' }, reader: WireReader): RosTime & RosObject {
  reader.countObjects(1);
  return { sec: Number(reader.number(element.sec)), nsec: Number(reader.number(element.nsec)) };
}

function checkField({ element, array, elementBytes }: FieldLayout, reader: WireReader): void {
  if (array === undefined) {
    checkElement(element, reader);
    return;
  }
  const length = 'length' in array ? array.length : reader.arrayLength(array.max, elementBytes);
  if (element.kind === 'number') {
    reader.skipNumericArray(element.number, length);
    return;
  }
  for (let i = 0; i < length; i++) checkElement(element, reader);
}

function checkElement(element: ElementLayout, reader: WireReader): void {
  switch (element.kind) {
    case 'number':
      reader.take(element.number.bytes, element.number.bytes);
      return;
    case 'bool':
      reader.take(1, 1);
      return;
    case 'string':
      reader.skipString(element.maxLength);
      return;
    case 'time':
      reader.countObjects(1);
      reader.take(4, 4);
      reader.take(4, 4);
      return;
    case 'struct':
      checkStruct(element.struct, reader);
      return;
  }
}
