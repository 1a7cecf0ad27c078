import { readFileSync } from 'node:fs';
import { codecFor, structLayout } from '@longline/ros';
import type { Schema } from '@longline/ros';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { messageShape, rosYaml } from './rosYaml.ts';
import { fieldPath, selectField } from './selectField.ts';

/** Recorded from rostopic 1.15's CallbackEcho: bytes, definition, and what it printed for the message and for fields. */
const cases = z
  .array(
    z.object({
      type: z.string(),
      definition: z.string(),
      hex: z.string(),
      echo: z.string(),
      fields: z.record(z.string(), z.string()),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('fixtures/rostopicEcho.json', import.meta.url), 'utf8')));

describe('prints what rostopic echo prints', () => {
  test.each(cases.map((recorded, at) => [at, recorded.type, recorded] as const))('%i: %s', (_at, _type, recorded) => {
    const schema: Schema = { name: recorded.type, encoding: 'ros1msg', text: recorded.definition };
    const value = codecFor(schema, 'ros1').decode(Uint8Array.from(Buffer.from(recorded.hex, 'hex')));
    const message = { shape: messageShape(structLayout(schema)), value };
    expect(`${rosYaml(message.shape, value)}\n---\n`).toBe(recorded.echo);
    for (const [path, printed] of Object.entries(recorded.fields)) {
      const part = selectField(message, fieldPath(path));
      expect(`${rosYaml(part.shape, part.value)}\n---\n`).toBe(printed);
    }
  });
});

test('a field that does not exist is refused with those that do', () => {
  const schema: Schema = { name: 'a/B', encoding: 'ros1msg', text: 'float64 x\nint32[] list' };
  const message = {
    shape: messageShape(structLayout(schema)),
    value: codecFor(schema, 'ros1').fromPlain({ list: [4, 5] }),
  };
  expect(() => selectField(message, ['z'])).toThrow('there is no field z; the fields are x, list.');
  expect(() => selectField(message, ['x', 'y'])).toThrow('there is no field y in a single value.');
  expect(() => selectField(message, ['list', '2'])).toThrow('2 is not one of the 2 items');
  expect(selectField(message, fieldPath('list[1]')).value).toBe(5);
});
