import type { FieldLayout, StructLayout } from '@longline/ros';
import { CliError } from './errors.ts';

/**
 * The message that YAML arguments stand for, as `rostopic pub` and `rosservice call` take them: one map of fields; or one
 * value per field in the definition's order, where a list stands for a nested message likewise. Nothing is the message
 * of zeros. Throws `ARGUMENT_INVALID`; fields and types are checked by the codec afterwards.
 */
export function fillMessage(struct: StructLayout, args: readonly unknown[]): unknown {
  const [only] = args;
  if (args.length === 0) return {};
  if (args.length === 1 && isMap(only)) return fillMap(struct, only);
  if (args.length === 1 && only === null && struct.fields.length !== 1) return {};
  // `[1, 2, 3]` in one argument is the whole message, unless the message is that one list.
  if (args.length === 1 && Array.isArray(only) && !(struct.fields.length === 1 && takesList(struct.fields[0]))) {
    return fillList(struct, only);
  }
  return fillList(struct, args);
}

function fillList(struct: StructLayout, values: readonly unknown[]): Record<string, unknown> {
  const names = struct.fields.map(({ name }) => name);
  if (values.length !== names.length) {
    throw new CliError(
      'ARGUMENT_INVALID',
      `${struct.name} takes ${names.length} values (${names.join(', ')}); ${values.length} came. Write them all, or a map: '{${names[0] ?? ''}: ...}'.`,
    );
  }
  return Object.fromEntries(struct.fields.map((field, at) => [field.name, fillField(field, values[at])]));
}

const fillMap = (struct: StructLayout, map: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(map).map(([name, value]) => {
      const field = struct.fields.find((candidate) => candidate.name === name);
      return [name, field === undefined ? value : fillField(field, value)];
    }),
  );

function fillField({ array, element }: FieldLayout, value: unknown): unknown {
  if (element.kind === 'string' && array === undefined) return value ?? '';
  if (value === null && (array !== undefined || element.kind !== 'number')) return array === undefined ? {} : [];
  if (element.kind === 'time' && Array.isArray(value)) return { sec: value[0] as unknown, nsec: value[1] as unknown };
  if (element.kind !== 'struct') return value;
  const { struct } = element;
  const fill = (item: unknown): unknown => {
    if (isMap(item)) return fillMap(struct, item);
    return Array.isArray(item) ? fillList(struct, item) : item;
  };
  return array !== undefined && Array.isArray(value) ? value.map(fill) : fill(value);
}

/** Whether one list is the field's value: an array, or a nested message or time given by its values. */
const takesList = (field: FieldLayout | undefined): boolean =>
  field !== undefined &&
  (field.array !== undefined || field.element.kind === 'struct' || field.element.kind === 'time');

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
