import { structLayout } from '@longline/ros';
import type { ElementLayout, FieldLayout, Schema, StructLayout } from '@longline/ros';

/** A JSON Schema, as far as viewers read it. */
export interface JsonSchema {
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly title?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly contentEncoding?: 'base64';
}

/** Deeper than this the fields are not named. */
const MAX_DEPTH = 16;
/** Fields named in all. */
const MAX_FIELDS = 5_000;

/** What a message of this type looks like as JSON: any object where there is no definition, or none that can be read. */
export function jsonSchemaOf(schema: Schema): JsonSchema {
  if (schema.encoding === '') return { type: 'object' };
  let layout: StructLayout;
  try {
    layout = structLayout(schema);
  } catch {
    return { type: 'object' };
  }
  return { title: schema.name, ...objectSchema(layout, { fields: MAX_FIELDS }, 0) };
}

function objectSchema({ fields }: StructLayout, left: { fields: number }, depth: number): JsonSchema {
  if (depth >= MAX_DEPTH) return { type: 'object' };
  const properties: [string, JsonSchema][] = [];
  for (const field of fields) {
    if (left.fields-- <= 0) break;
    properties.push([field.name, fieldSchema(field, left, depth)]);
  }
  return { type: 'object', properties: Object.fromEntries(properties) };
}

function fieldSchema({ element, array }: FieldLayout, left: { fields: number }, depth: number): JsonSchema {
  if (array === undefined) return elementSchema(element, left, depth);
  if (element.kind === 'number' && element.number.name === 'uint8') {
    return { type: 'string', contentEncoding: 'base64' };
  }
  return { type: 'array', items: elementSchema(element, left, depth) };
}

function elementSchema(element: ElementLayout, left: { fields: number }, depth: number): JsonSchema {
  switch (element.kind) {
    case 'number':
      return { type: element.number.form === 'float' ? 'number' : 'integer' };
    case 'bool':
      return { type: 'boolean' };
    case 'string':
      return { type: 'string' };
    case 'time':
      return { type: 'object' };
    case 'struct':
      return objectSchema(element.struct, left, depth + 1);
  }
}
