import { encodeBase64 } from './base64.ts';
import type { JsonOptions } from './exactJson.ts';
import { numberToJson } from './exactJson.ts';
import type { NumericArray, RosObject, RosValue } from './RosValue.ts';
import type { ElementLayout, FieldLayout, StructLayout } from './StructLayout.ts';

/** Writes a value that `decode` or `fromPlain` made as rosbridge-style JSON. */
export function toJson(layout: StructLayout, value: RosObject, options: JsonOptions): string {
  const members = layout.fields.map(
    (field) => `"${field.name}":${fieldToJson(layout, field, value[field.name], options)}`,
  );
  return `{${members.join(',')}}`;
}

function fieldToJson(
  layout: StructLayout,
  field: FieldLayout,
  value: RosValue | undefined,
  options: JsonOptions,
): string {
  const { element, array } = field;
  if (array === undefined) return elementToJson(layout, element, value, options);
  if (element.kind === 'number') return numbersToJson(element.word, value as NumericArray, options);
  const items = (value as readonly RosValue[]).map((item) => elementToJson(layout, element, item, options));
  return `[${items.join(',')}]`;
}

function numbersToJson(word: string, values: NumericArray, options: JsonOptions): string {
  if (values instanceof Uint8Array && (word === 'uint8' || word === 'char')) return `"${encodeBase64(values)}"`;
  let text = '[';
  for (let i = 0; i < values.length; i++) text += (i === 0 ? '' : ',') + numberToJson(values[i] ?? 0, options);
  return `${text}]`;
}

function elementToJson(
  layout: StructLayout,
  element: ElementLayout,
  value: RosValue | undefined,
  options: JsonOptions,
): string {
  switch (element.kind) {
    case 'number':
      return numberToJson(value as number | bigint, options);
    case 'bool':
      return value === true ? 'true' : 'false';
    case 'string':
      return JSON.stringify(value);
    case 'time': {
      const { sec, nsec } = value as { readonly sec: number; readonly nsec: number };
      return layout.rosVersion === 1 ? `{"secs":${sec},"nsecs":${nsec}}` : `{"sec":${sec},"nanosec":${nsec}}`;
    }
    case 'struct':
      return toJson(element.struct, value as RosObject, options);
  }
}
