import { RosError } from '@longline/ros';
import type { ParameterValue, RosValue } from '@longline/ros';
import { XmlRpcDate, XmlRpcDouble } from './xmlrpc/XmlRpcValue.ts';
import type { XmlRpcStruct, XmlRpcValue } from './xmlrpc/XmlRpcValue.ts';

/** A parameter as the master has it, as a ROS value: binary is a `Uint8Array`, a date its text `20261123T07:42:41`. */
export function fromXmlRpc(value: XmlRpcValue): ParameterValue {
  if (value instanceof XmlRpcDouble) return value.value;
  if (value instanceof XmlRpcDate) return value.text;
  if (value instanceof Uint8Array || typeof value !== 'object') return value;
  if (isStruct(value)) return Object.fromEntries([...value].map(([name, member]) => [name, fromXmlRpc(member)]));
  return value.map(fromXmlRpc);
}

/**
 * A ROS value as the master takes it. Whole numbers become integers, except where `present`, the value that it replaces,
 * has a double or a number is beyond 32 bits; elements of `Float32Array` and `Float64Array` are doubles. Throws
 * `PARAMETER_INVALID` for 64-bit integers that XML-RPC cannot hold and for texts with control characters.
 */
export function toXmlRpc(name: string, value: ParameterValue, present?: XmlRpcValue): XmlRpcValue {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return present instanceof XmlRpcDate && /^\d{8}T\d\d:\d\d:\d\d$/.test(value) ? new XmlRpcDate(value) : value;
    case 'number': {
      const isInteger = Number.isInteger(value) && isInt32(value) && !Object.is(value, -0);
      return isInteger && !(present instanceof XmlRpcDouble) ? value : new XmlRpcDouble(value);
    }
    case 'bigint':
      if (!isInt32(Number(value))) {
        throw new RosError(
          'PARAMETER_INVALID',
          `${name}: ${value.toString()} does not fit the 32-bit integers of ROS 1 parameters. Set it as a float or a string.`,
          { details: { name } },
        );
      }
      return Number(value);
    default:
      return compound(name, value, present);
  }
}

function compound(
  name: string,
  value: Exclude<RosValue, boolean | number | bigint | string>,
  present?: XmlRpcValue,
): XmlRpcValue {
  if (value instanceof Uint8Array) return value;
  if (value instanceof Float32Array || value instanceof Float64Array)
    return [...value].map((each) => new XmlRpcDouble(each));
  const before = typeof present === 'object' && !(present instanceof Uint8Array) ? present : undefined;
  if (isIterable(value)) {
    const list = Array.isArray(before) ? (before as readonly XmlRpcValue[]) : [];
    return [...value].map((each, index) => toXmlRpc(`${name}[${index}]`, each, list[index]));
  }
  const struct = before instanceof Map ? (before as XmlRpcStruct) : undefined;
  return new Map(
    Object.entries(value).map(([key, member]) => [key, toXmlRpc(`${name}/${key}`, member, struct?.get(key))]),
  );
}

function isInt32(value: number): boolean {
  return value >= -(2 ** 31) && value < 2 ** 31;
}

function isIterable(value: object): value is Iterable<RosValue> {
  return Symbol.iterator in value;
}

function isStruct(value: readonly XmlRpcValue[] | XmlRpcStruct): value is XmlRpcStruct {
  return value instanceof Map;
}
