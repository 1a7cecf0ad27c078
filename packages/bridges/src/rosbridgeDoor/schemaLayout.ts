import { structLayout } from '@longline/ros';
import type { Schema, StructLayout } from '@longline/ros';

/** Weakly kept, so bounded by the schemas alive. */
const layouts = new WeakMap<Schema, StructLayout>();

/** The layout of a schema, made once. Throws `DEFINITION_INVALID`, `NOT_SUPPORTED`. */
export function schemaLayout(schema: Schema): StructLayout {
  let layout = layouts.get(schema);
  if (layout === undefined) layouts.set(schema, (layout = structLayout(schema)));
  return layout;
}

/** The same; undefined where there is no definition, or one that cannot be read. */
export function findLayout(schema: Schema): StructLayout | undefined {
  if (schema.encoding === '') return undefined;
  try {
    return schemaLayout(schema);
  } catch {
    return undefined;
  }
}
