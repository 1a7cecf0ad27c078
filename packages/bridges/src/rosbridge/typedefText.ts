import type { SchemaEncoding } from '@longline/ros';
import type { TypeDef } from './Rosapi.ts';

const SEPARATOR = '='.repeat(80);

/** rosapi on ROS 2 gives the names of the interface definition language. */
const idlNames: Readonly<Record<string, string>> = {
  boolean: 'bool',
  octet: 'byte',
  float: 'float32',
  double: 'float64',
};

/** ROS 1 has `time` and `duration` built in; rosapi lists them as types of their own. */
const builtinTypes: ReadonlySet<string> = new Set(['time', 'duration']);

/**
 * The concatenated definition that rosapi's `TypeDef`s describe, the first of them being the type itself.
 *
 * Bytes and JSON are the same as with the author's text; constants, comments and the default values of ROS 2 are lost,
 * and with constants the MD5 sum of ROS 1.
 */
export function typedefText(typedefs: readonly TypeDef[], encoding: SchemaEncoding): string {
  const sections: string[] = [];
  const seen = new Set<string>();
  for (const [index, typedef] of typedefs.entries()) {
    if (seen.has(typedef.type) || builtinTypes.has(typedef.type)) continue;
    seen.add(typedef.type);
    const fields = fieldLines(typedef, encoding);
    sections.push(index === 0 ? fields : `${SEPARATOR}\nMSG: ${typedef.type}\n${fields}`);
  }
  return sections.join('');
}

function fieldLines(typedef: TypeDef, encoding: SchemaEncoding): string {
  return typedef.fieldnames
    .map((rawName, index) => {
      // Python's ROS 2 classes keep each field in a slot with a leading underscore.
      const name = encoding === 'ros2msg' && rawName.startsWith('_') ? rawName.slice(1) : rawName;
      return `${fieldType(typedef.fieldtypes[index] ?? '', typedef.fieldarraylen[index] ?? -1)} ${name}\n`;
    })
    .join('');
}

/** `arrayLength`: -1 no array, 0 of any length, else fixed. */
function fieldType(rosapiType: string, arrayLength: number): string {
  // "uint8, 16" is what is left of sequence<uint8, 16>.
  const [element = '', bound] = rosapiType.split(', ');
  const bounded = /^(w?string)<(\d+)>$/.exec(element);
  const type = bounded ? `${bounded[1] ?? ''}<=${bounded[2] ?? ''}` : (idlNames[element] ?? element);
  if (bound !== undefined) return `${type}[<=${bound}]`;
  return arrayLength < 0 ? type : `${type}[${arrayLength === 0 ? '' : arrayLength}]`;
}
