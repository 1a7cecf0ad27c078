import type { ElementLayout, FieldLayout, RosObject, RosValue, StructLayout } from '@longline/ros';
import { pythonBytes } from './pythonBytes.ts';
import { pythonFloat } from './pythonFloat.ts';
import { scalarText } from './scalarText.ts';
import { doubleQuoted, yamlScalar } from './yamlString.ts';

/** What is known of a value's type: all that printing needs. */
export type ValueShape = Pick<FieldLayout, 'element' | 'array'>;

/** The shape of a whole message. */
export const messageShape = (struct: StructLayout): ValueShape => ({
  element: { kind: 'struct', struct },
  array: undefined,
});

/** A decoded value exactly as `rostopic echo` and `rosservice call` print it (genpy's `strify_message`). */
export function rosYaml({ array, element }: ValueShape, value: RosValue, indent = ''): string {
  return array === undefined ? single(element, value, indent) : list(element, value, indent);
}

function single(element: ElementLayout, value: RosValue, indent: string): string {
  switch (element.kind) {
    case 'number':
      return element.number.form === 'float' ? pythonFloat(Number(value)) : scalarText(value);
    case 'bool':
      return value === true ? 'True' : 'False';
    case 'string':
      return value === '' ? "''" : doubleQuoted(scalarText(value));
    case 'time': {
      const { nsec, sec } = value as RosObject;
      return `\n${indent}secs: ${scalarText(sec)}\n${indent}nsecs: ${scalarText(nsec).padStart(9)}`;
    }
    case 'struct': {
      const members = value as RosObject;
      const lines = element.struct.fields.map(
        (field) => `${indent}${field.name}: ${rosYaml(field, members[field.name] ?? 0, `  ${indent}`)}`,
      );
      return (indent === '' ? '' : '\n') + lines.join('\n');
    }
  }
}

function list(element: ElementLayout, value: RosValue, indent: string): string {
  const items = Array.from(value as Iterable<RosValue>);
  switch (element.kind) {
    case 'number':
      // genpy keeps char[] as bytes and turns only uint8[] into a list.
      if (element.word === 'char') return pythonBytes(items.map(Number));
      return `[${items.map((item) => single(element, item, indent)).join(', ')}]`;
    case 'bool':
      return `[${items.map((item) => single(element, item, indent)).join(', ')}]`;
    case 'string':
      if (items.length === 0) return '[]';
      return `\n${items.map((item) => `${indent}- ${yamlScalar(scalarText(item))}`).join('\n')}`;
    case 'time':
    case 'struct':
      if (items.length === 0) return '[]';
      return `\n${items.map((item) => `${indent}- ${single(element, item, `${indent}  `)}`).join('\n')}`;
  }
}
