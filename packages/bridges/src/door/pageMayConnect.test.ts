import { describe, expect, test } from 'vitest';
import { pageMayConnect } from './pageMayConnect.ts';

describe('without a list', () => {
  test('programs may connect, which send no origin', () => expect(pageMayConnect(undefined)).toBe(true));

  test.each([
    'http://localhost',
    'http://localhost:3000',
    'https://localhost',
    'http://127.0.0.1:8080',
    'http://[::1]:1',
  ])('the page %s of this machine may', (origin) => expect(pageMayConnect(origin)).toBe(true));

  test.each([
    'https://evil.example',
    'http://localhost.evil.example',
    'http://localhost@evil.example',
    'http://127.0.0.1.evil.example',
    'http://evil.example:80/localhost',
    'http://192.168.1.7',
    'null',
    '',
    'file://',
    'ftp://localhost',
    'http://',
    'x'.repeat(10_000),
  ])('%s may not', (origin) => expect(pageMayConnect(origin)).toBe(false));
});

test('what is listed may, as it is written; pages of this machine still may', () => {
  const listed = ['https://viewer.example', 'file://'];
  expect(pageMayConnect('https://viewer.example', listed)).toBe(true);
  expect(pageMayConnect('file://', listed)).toBe(true);
  expect(pageMayConnect('http://localhost:3000', listed)).toBe(true);
  expect(pageMayConnect('https://viewer.example.evil.example', listed)).toBe(false);
});
