import { expect, test } from 'vitest';
import { bytesText, timeText } from './amountText.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1 KB'],
  [1_240, '1.2 KB'],
  [9_960, '10 KB'],
  [999_600, '1 MB'],
  [610_000_000, '610 MB'],
  [3_400_000_000, '3.4 GB'],
])('%d bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

test.each([
  [0.04, '0 ms'],
  [0.44, '0.4 ms'],
  [62.3, '62 ms'],
  [999.6, '1 s'],
  [12_400, '12 s'],
  [59_960, '1 min 0 s'],
  [192_000, '3 min 12 s'],
  [3_599_900, '1 h 0 min'],
  [7_500_000, '2 h 5 min'],
  [273_600_000, '3 d 4 h'],
])('%d ms are %s', (ms, text) => expect(timeText(ms)).toBe(text));
