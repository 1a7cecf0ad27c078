import type { ElementLayout, RosObject, RosValue } from '@longline/ros';
import { pythonFloat } from './pythonFloat.ts';
import { scalarText } from './scalarText.ts';
import type { ValueShape } from './rosYaml.ts';
import { yamlScalar } from './yamlString.ts';

/** Items of an array that `ros2 topic echo` prints before it writes `...`. */
const MAX_ITEMS = 128;

/** A decoded value as `ros2 topic echo` prints it: block YAML, times as `sec` and `nanosec`, arrays cut at 128 items. */
export function ros2Yaml(shape: ValueShape, value: RosValue): string {
  return lines(shape, value).join('\n');
}

function lines({ array, element }: ValueShape, value: RosValue): string[] {
  if (array === undefined) return single(element, value);
  const items = Array.from(value as Iterable<RosValue>);
  if (items.length === 0) return ['[]'];
  const shown = items.slice(0, MAX_ITEMS).flatMap((item) => {
    const [first = '', ...rest] = single(element, item);
    return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
  });
  return items.length > MAX_ITEMS ? [...shown, "- '...'"] : shown;
}

function single(element: ElementLayout, value: RosValue): string[] {
  switch (element.kind) {
    case 'number':
      return [element.number.form === 'float' ? yamlFloat(Number(value)) : scalarText(value)];
    case 'bool':
      return [value === true ? 'true' : 'false'];
    case 'string':
      return [yamlScalar(scalarText(value))];
    case 'time': {
      const { nsec, sec } = value as RosObject;
      return [`sec: ${scalarText(sec)}`, `nanosec: ${scalarText(nsec)}`];
    }
    case 'struct': {
      const members = value as RosObject;
      const all = element.struct.fields.flatMap((field) => {
        const inner = lines(field, members[field.name] ?? 0);
        const isBlock =
          field.array === undefined
            ? field.element.kind === 'struct' || field.element.kind === 'time'
            : inner[0] !== '[]';
        if (!isBlock) return [`${field.name}: ${inner[0] ?? ''}`];
        // Lists stand at the level of their key, maps two deeper: PyYAML's block style.
        return [`${field.name}:`, ...(field.array === undefined ? inner.map((line) => `  ${line}`) : inner)];
      });
      return all.length === 0 ? ['{}'] : all;
    }
  }
}

function yamlFloat(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const text = pythonFloat(value);
  return text.includes('.') ? text : text.replace('e', '.0e');
}
