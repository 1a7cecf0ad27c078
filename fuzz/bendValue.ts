import type { Dice } from './Dice.ts';

const nastyNames = [
  '__proto__',
  'constructor',
  'toString',
  'length',
  '',
  ' ',
  '\u0000',
  'a.b',
  '\ud800',
  'x'.repeat(300),
];
const nastyTexts = [
  '',
  '/',
  '//',
  '*',
  '/**',
  '{a,',
  '[',
  '..',
  '\u0000',
  '\ud800',
  '\u202e',
  'NaN',
  '9007199254740993',
  '-1',
  '1e999',
  'é'.repeat(100),
  'A'.repeat(5_000),
  '/a'.repeat(400),
];

/** Characters that mean something to some parser, and two that are no good text. */
const marks = '{ } [ ] ( ) * ? ! / , : " \' \\ \n \t # & % = < > | - \ud800 \u0000'.split(' ');

/** A copy of a plain value in which up to four places have another shape, kind or size. The result is JSON, or nearly. */
export function bendValue(dice: Dice, good: unknown): unknown {
  let value: unknown = structuredClone(good);
  for (let count = dice.below(5); count > 0; count--) value = bendAt(dice, value);
  return value;
}

/** A walk down to some place, which is replaced, dropped, doubled or renamed. */
function bendAt(dice: Dice, value: unknown): unknown {
  if (Array.isArray(value) && value.length > 0 && !dice.oneIn(6)) {
    const list: unknown[] = value;
    const at = dice.below(list.length);
    const way = dice.below(8);
    if (way === 0) list.splice(at, 1);
    else if (way === 1 && sizeOf(list[at]) < 40) list.push(...new Array<unknown>(1 << dice.below(8)).fill(list[at]));
    else list[at] = bendAt(dice, list[at]);
    return list;
  }
  if (isPlainObject(value) && !dice.oneIn(8)) {
    const names = Object.keys(value);
    const name = names.length === 0 || dice.oneIn(12) ? dice.one(nastyNames) : dice.one(names);
    if (dice.oneIn(8)) {
      return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
    }
    const entries = Object.entries(value);
    const bent = bendAt(dice, Object.hasOwn(value, name) ? value[name] : undefined);
    return Object.fromEntries([...entries.filter(([key]) => key !== name), [name, bent]]);
  }
  if (typeof value === 'string' && dice.oneIn(2)) return bendText(dice, value);
  if (typeof value === 'number' && dice.oneIn(2))
    return dice.oneIn(2) ? value + dice.between(-2, 2) : dice.edgeNumber();
  return nastyValue(dice);
}

/** Values within a value, counted up to 100: repeating what is large already only takes time. */
function sizeOf(value: unknown, most = 100): number {
  if (typeof value !== 'object' || value === null || most <= 0) return 1;
  let size = 1;
  for (const member of Object.values(value)) {
    size += sizeOf(member, most - size);
    if (size >= most) break;
  }
  return size;
}

/** Anything of any kind. */
export function nastyValue(dice: Dice): unknown {
  switch (dice.below(9)) {
    case 0:
      return null;
    case 7:
      // Where a checker compares a length that it never made sure is a number.
      return { [dice.one(['length', 'size'])]: dice.one([{ toString: 1, valueOf: 1 }, -1, 1e9, '1', null]) };
    case 1:
      return dice.oneIn(2);
    case 2:
      return dice.edgeNumber();
    case 3:
      return dice.one(nastyTexts);
    case 4:
      return dice.text(dice.below(40));
    case 5:
      return Array.from({ length: dice.below(4) }, () => nastyValue(dice));
    case 6:
      return Object.fromEntries(Array.from({ length: dice.below(4) }, () => [dice.one(nastyNames), nastyValue(dice)]));
    default: {
      let deep: unknown = dice.edgeNumber();
      for (let depth = 1 << dice.below(9); depth > 0; depth--) deep = dice.oneIn(2) ? [deep] : { a: deep };
      return deep;
    }
  }
}

/** A text with a few of its characters replaced, dropped, repeated; or another text. */
export function bendText(dice: Dice, good: string): string {
  if (dice.oneIn(8)) return dice.one(nastyTexts);
  let text = good;
  for (let count = dice.below(4); count > 0; count--) {
    const at = dice.below(text.length + 1);
    const length = dice.below(Math.min(16, text.length - at + 1));
    const piece = text.slice(at, at + length);
    switch (dice.below(5)) {
      case 0:
        text = text.slice(0, at) + text.slice(at + length);
        break;
      case 1:
        text = text.slice(0, at) + dice.text(1 + dice.below(4)) + text.slice(at);
        break;
      case 2:
        if (text.length < 20_000) text = text.slice(0, at) + piece.repeat(1 << dice.below(8)) + text.slice(at);
        break;
      case 3:
        text = text.slice(0, at);
        break;
      default:
        text = text.slice(0, at) + dice.one(marks) + text.slice(at);
    }
  }
  return text;
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
