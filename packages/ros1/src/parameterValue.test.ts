import { expect, it } from 'vitest';
import { fromXmlRpc, toXmlRpc } from './parameterValue.ts';
import { XmlRpcDate, XmlRpcDouble } from './xmlrpc/XmlRpcValue.ts';

it('whole numbers are integers, except beyond 32 bits, in float arrays, and where a double was', () => {
  expect(toXmlRpc('/p', 3)).toBe(3);
  expect(toXmlRpc('/p', 3, new XmlRpcDouble(1))).toEqual(new XmlRpcDouble(3));
  expect(toXmlRpc('/p', 2 ** 31)).toEqual(new XmlRpcDouble(2 ** 31));
  expect(toXmlRpc('/p', Float64Array.of(1))).toEqual([new XmlRpcDouble(1)]);
  expect(toXmlRpc('/p', Int32Array.of(1))).toEqual([1]);
  expect(toXmlRpc('/p', 0.5)).toEqual(new XmlRpcDouble(0.5));
});

it('doubles keep their kind inside lists and dictionaries too', () => {
  const present = new Map([['gains', [new XmlRpcDouble(1), 2]]]);
  expect(toXmlRpc('/p', { gains: [4, 5] }, present)).toEqual(new Map([['gains', [new XmlRpcDouble(4), 5]]]));
});

it('a date is its text, and stays a date when it is set again', () => {
  const date = new XmlRpcDate('20261123T07:42:41');
  const text = fromXmlRpc(date);
  expect(text).toBe('20261123T07:42:41');
  expect(toXmlRpc('/p', text, date)).toEqual(date);
  expect(toXmlRpc('/p', text)).toBe(text);
});

it('a 64-bit integer is refused by the name of its parameter', () => {
  expect(() => toXmlRpc('/p', { a: [2n ** 40n] })).toThrow('/p/a[0]: 1099511627776');
});
