import { expect, test } from 'vitest';
import { agentHelloSchema } from './hello.ts';
import { decodeJson, encodeJson } from './jsonRecord.ts';
import { sampleHello } from '@longline/testing';

test.each([
  ['a length that is an object', { features: { length: { toString: 1, valueOf: 1 } } }],
  ['a length below zero', { features: { length: -1 } }],
  ['a text that is a list', { boot: ['b'] }],
])('%s is refused with its code, and throws nothing else', (_what, bent) => {
  const body = encodeJson({ ...sampleHello, ...bent });
  expect(() => decodeJson('hello', body, agentHelloSchema, 1_000)).toThrow(
    expect.objectContaining({ code: 'FRAME_MALFORMED' }),
  );
});
