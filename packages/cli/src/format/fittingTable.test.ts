import { expect, test } from 'vitest';
import { fittingTable } from './fittingTable.ts';

const header = ['DEVICE', 'RTT', 'ROBOT'];
const rows = [['r1', '62 ms', 'ros1://localhost:11311']];
const table = (columns: number): string => fittingTable(header, rows, { columns, spare: ['ROBOT', 'RTT'] });

test('a table leaves out what it may until it fits, and no more', () => {
  expect(table(80)).toBe('DEVICE  RTT    ROBOT\nr1      62 ms  ros1://localhost:11311\n');
  expect(table(37)).toBe(table(80));
  expect(table(36)).toBe('DEVICE  RTT\nr1      62 ms\n');
  expect(table(12)).toBe('DEVICE\nr1\n');
  expect(table(3)).toBe('DEVICE\nr1\n');
});
