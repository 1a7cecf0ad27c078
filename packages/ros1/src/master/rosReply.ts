import type { XmlRpcValue } from '../xmlrpc/XmlRpcValue.ts';

/** The value out of `[1, text, value]`, as which every ROS API answers; another first number throws `refusal(text)`. Throws `TypeError`. */
export function rosReply(reply: XmlRpcValue, refusal: (text: string) => Error): XmlRpcValue {
  const [code, text, value] = listOf(reply);
  if (typeof code !== 'number' || value === undefined) throw new TypeError('A ROS answer is [code, text, value].');
  if (code !== 1) throw refusal(typeof text === 'string' ? text : 'refused without a text');
  return value;
}

/** The value as a list. Throws `TypeError`. */
export function listOf(value: XmlRpcValue | undefined): readonly XmlRpcValue[] {
  if (!isList(value)) throw new TypeError(`Expected a list, got ${typeof value}.`);
  return value;
}

/** The value as a string. Throws `TypeError`. */
export function stringOf(value: XmlRpcValue | undefined): string {
  if (typeof value !== 'string') throw new TypeError(`Expected a string, got ${typeof value}.`);
  return value;
}

function isList(value: XmlRpcValue | undefined): value is readonly XmlRpcValue[] {
  return Array.isArray(value);
}
