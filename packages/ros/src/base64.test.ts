import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64, encodeByTable } from './base64.ts';

test('base64 is written and read as Node does', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64');
      expect(encodeBase64(bytes)).toBe(text);
      expect(encodeByTable(bytes)).toBe(text);
      expect(decodeBase64(text)).toEqual(bytes);
      expect(decodeBase64(text.replaceAll('=', ''))).toEqual(bytes);
    }),
  );
});

test.each(['A', 'AAAAA', 'AA=A', '====', 'AA A', 'AA-_', 'AAé='])('"%s" is no base64', (text) => {
  expect(decodeBase64(text)).toBeUndefined();
});
