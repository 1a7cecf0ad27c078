import { describe, expect, test } from 'vitest';
import { codecFor } from './codecFor.ts';
import { concatDefinition } from './concatDefinition.ts';
import { findRos1Text, findRos2Text, ros1Schema, serviceTexts } from './fixtures.ts';
import { MAX_DEFINITION_LENGTH, parseDefinition } from './parseDefinition.ts';
import type { Schema } from './Schema.ts';
import { schemaHash } from './schemaHash.ts';
import { serviceSchema } from './serviceSchema.ts';

const SEPARATOR = '='.repeat(80);
const ros1 = (text: string): Schema => ({ name: 'p/T', encoding: 'ros1msg', text });
const ros2 = (text: string): Schema => ({ name: 'p/msg/T', encoding: 'ros2msg', text });
const refused = (words: string) =>
  expect.objectContaining({ code: 'DEFINITION_INVALID', message: expect.stringContaining(words) as string }) as Error;

test('a bare Header is std_msgs/Header in ROS 1, other bare types are of their own package', () => {
  const { root } = parseDefinition(ros1('Header h\nPose p\nother/Pose q\n'));
  expect(root.fields.map((field) => field.type)).toEqual(['std_msgs/Header', 'p/Pose', 'other/Pose']);
});

test('types of equal names in two packages are kept apart', () => {
  const text = `a/P x\nb/P y\n${SEPARATOR}\nMSG: a/P\nuint8 a\n${SEPARATOR}\nMSG: b/P\nuint16 b\n`;
  expect(codecFor(ros1(text), 'ros1').fromPlain({})).toEqual({ x: { a: 0 }, y: { b: 0 } });
});

test('constants of ROS 2 and CRLF line ends are understood', () => {
  const text = 'int32 X=5 # five\r\nstring NAME="a = # b"\r\nuint8 f # field\r\nstring s "#"\r\n';
  const { root } = parseDefinition(ros2(text));
  expect(root.constants).toMatchObject([{ name: 'X' }, { name: 'NAME', valueText: '"a = # b"' }]);
  expect(root.fields).toMatchObject([{ name: 'f' }, { name: 's', defaultText: '"#"' }]);
});

describe('a definition is refused', () => {
  test.each<[string, Schema, string]>([
    ['for a line that is no field', ros1('float64\n'), 'neither a field nor a constant'],
    ['for a default in ROS 1', ros1('int32 a 5\n'), 'neither a field nor a constant'],
    ['for a bad field name', ros1('int32 1a\n'), 'neither a field nor a constant'],
    ['for a field that comes twice', ros1('int32 a\nint8 a\n'), 'twice'],
    ['for a missing dependency', ros1('q/U u\n'), 'lacks the definition of q/U'],
    ['for a type that contains itself', ros1('T t\n'), 'contains itself'],
    ['for types that contain each other', ros1(`U[] u\n${SEPARATOR}\nMSG: p/U\nT[] t\n`), 'contains itself'],
    ['for a separator without MSG', ros1(`${SEPARATOR}\nIDL: p/U\n`), 'MSG: pkg/Type'],
    ['for huge fixed parts', ros1('float64[4000000] a\n'), 'fixed-length parts'],
    ['for very many fixed strings', ros1('string[100000] a\n'), 'fixed-length parts'],
    ['for very many fixed booleans', ros1('bool[100000] a\n'), 'fixed-length parts'],
    ['for a default that cannot be read', ros2('string s "abc\n'), 'cannot be read'],
    ['for its length', ros1(`# ${'x'.repeat(MAX_DEFINITION_LENGTH)}\n`), 'at most 1048576'],
  ])('%s', (_why, schema, words) => {
    expect(() => codecFor(schema, schema.encoding === 'ros1msg' ? 'ros1' : 'cdr').encode({})).toThrow(refused(words));
  });

  test('for many objects out of few lines', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `${SEPARATOR}\nMSG: p/L${i}\nL${i + 1}[10] x\n`);
    const text = `L0[10] x\n${levels.join('')}${SEPARATOR}\nMSG: p/L12\n`;
    expect(() => codecFor(ros1(text), 'ros1').encode({})).toThrow(refused('objects'));
  });

  test('for nesting too deep', () => {
    const levels = Array.from({ length: 40 }, (_, i) => `${SEPARATOR}\nMSG: p/L${i}\nL${i + 1} x\n`);
    const text = `L0 x\n${levels.join('')}${SEPARATOR}\nMSG: p/L40\nuint8 x\n`;
    expect(() => codecFor(ros1(text), 'ros1').encode({})).toThrow(refused('deep'));
  });
});

describe('concatDefinition', () => {
  test('puts each dependency once after a line of 80 =, to the byte as genmsg does', () => {
    expect(concatDefinition('geometry_msgs/TwistStamped', findRos1Text)).toBe(
      'std_msgs/Header header\nTwist twist\n' +
        `\n${SEPARATOR}\nMSG: std_msgs/Header\n${findRos1Text('std_msgs/Header')!}` +
        `\n${SEPARATOR}\nMSG: geometry_msgs/Twist\n${findRos1Text('geometry_msgs/Twist')!}` +
        `\n${SEPARATOR}\nMSG: geometry_msgs/Vector3\n${findRos1Text('geometry_msgs/Vector3')!}`,
    );
  });

  test('asks for three-part names in ROS 2', () => {
    const asked: string[] = [];
    concatDefinition('rosgraph_msgs/msg/Clock', (type) => {
      asked.push(type);
      return findRos2Text(type);
    });
    expect(asked).toEqual(['rosgraph_msgs/msg/Clock', 'builtin_interfaces/msg/Time']);
  });

  test('names the type that was not found and who needs it', () => {
    const find = (type: string) => (type === 'p/T' ? 'q/U u\n' : undefined);
    expect(() => concatDefinition('p/T', find)).toThrow(
      expect.objectContaining({ code: 'TYPE_UNKNOWN', details: { type: 'q/U', neededBy: 'p/T' } }),
    );
  });
});

describe('serviceSchema', () => {
  test('splits at --- and adds dependencies to each half', () => {
    const service = serviceSchema('p/S', 'geometry_msgs/Vector3 v\n---\nbool ok\n', 'ros1msg', findRos1Text);
    expect(service).toEqual({
      name: 'p/S',
      request: {
        name: 'p/S_Request',
        encoding: 'ros1msg',
        text: `geometry_msgs/Vector3 v\n\n${SEPARATOR}\nMSG: geometry_msgs/Vector3\nfloat64 x\nfloat64 y\nfloat64 z\n`,
      },
      response: { name: 'p/S_Response', encoding: 'ros1msg', text: 'bool ok\n' },
    });
  });

  test('takes empty halves', () => {
    const service = serviceSchema('std_srvs/srv/Empty', serviceTexts['std_srvs/Empty']!, 'ros2msg', findRos2Text);
    expect(service.request.name).toBe('std_srvs/srv/Empty_Request');
    expect(codecFor(service.request, 'cdr').encode({})).toHaveLength(5);
    expect(codecFor(service.response, 'cdr').encode({})).toHaveLength(5);
  });

  test('refuses a text without ---', () => {
    expect(() => serviceSchema('p/S', 'bool a\n', 'ros1msg', findRos1Text)).toThrow(refused('"---"'));
  });
});

test('a schema hash is 32 hex digits that depend on name, encoding and text', () => {
  const schema = ros1Schema('geometry_msgs/Twist');
  const hashes = [
    schema,
    { ...schema, name: 'a/B' },
    { ...schema, encoding: 'ros2msg' as const },
    { ...schema, text: '' },
  ];
  expect(new Set(hashes.map(schemaHash)).size).toBe(4);
  expect(schemaHash({ name: 'std_msgs/String', encoding: 'ros1msg', text: 'string data\n' })).toBe(
    '3fe266e02b6043b4402764fa06b25e8b',
  );
});
