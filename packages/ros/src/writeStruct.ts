import type { NumericArray, RosObject, RosValue } from './RosValue.ts';
import type { ElementLayout, FieldLayout, StructLayout } from './StructLayout.ts';
import type { WireWriter } from './WireWriter.ts';

/** Encodes a value that `fromPlain` made; any other value is a mistake in this package. */
export function writeStruct(layout: StructLayout, value: RosObject, writer: WireWriter): void {
  for (const field of layout.fields) writeField(field, value[field.name], writer);
  if (layout.fields.length === 0 && writer.isCdr) writer.uint8(0);
}

function writeField({ element, array }: FieldLayout, value: RosValue | undefined, writer: WireWriter): void {
  if (array === undefined) {
    writeElement(element, value, writer);
    return;
  }
  if (!isArrayLike(value)) throw new TypeError('fromPlain makes arrays for array fields');
  if ('max' in array) writer.uint32(value.length);
  if (element.kind === 'number') {
    writer.numericArray(element.number, value as NumericArray);
    return;
  }
  for (let i = 0; i < value.length; i++) writeElement(element, value[i], writer);
}

function writeElement(element: ElementLayout, value: RosValue | undefined, writer: WireWriter): void {
  switch (element.kind) {
    case 'number':
      writer.number(element.number, value as number | bigint);
      return;
    case 'bool':
      writer.uint8(value === true ? 1 : 0);
      return;
    case 'string':
      writer.string(value as string);
      return;
    case 'time': {
      const time = value as { readonly sec: number; readonly nsec: number };
      writer.number(element.sec, time.sec);
      writer.number(element.nsec, time.nsec);
      return;
    }
    case 'struct':
      writeStruct(element.struct, value as RosObject, writer);
      return;
  }
}

function isArrayLike(value: RosValue | undefined): value is RosValue & ArrayLike<RosValue> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}
