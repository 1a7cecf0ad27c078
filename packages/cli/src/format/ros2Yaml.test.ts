import { codecFor, structLayout } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { expect, test } from 'vitest';
import { ros2Yaml } from './ros2Yaml.ts';
import { messageShape } from './rosYaml.ts';

test('prints block YAML as ros2 topic echo does', () => {
  const schema: Schema = {
    name: 'a/msg/B',
    encoding: 'ros2msg',
    text: [
      'builtin_interfaces/Time stamp',
      'string name',
      'bool on',
      'float64 tiny',
      'int32[] none',
      'float32[2] pair',
      'Inner[] inner',
      '='.repeat(80),
      'MSG: a/Inner',
      'int8 x',
      'string text',
    ].join('\n'),
  };
  const value = codecFor(schema, 'cdr').fromPlain({
    stamp: { sec: 1, nanosec: 2 },
    name: 'yes',
    tiny: 1e-7,
    pair: [1, Number.NaN],
    inner: [{ x: -1, text: 'plain words' }],
  });
  expect(ros2Yaml(messageShape(structLayout(schema)), value)).toBe(
    [
      'stamp:',
      '  sec: 1',
      '  nanosec: 2',
      "name: 'yes'",
      'on: false',
      'tiny: 1.0e-07',
      'none: []',
      'pair:',
      '- 1.0',
      '- .nan',
      'inner:',
      '- x: -1',
      '  text: plain words',
    ].join('\n'),
  );
});
