import type { RosObject, RosValue } from '@longline/ros';
import type { FieldLimit } from '../config/motionSchema.ts';
import { AgentError } from '../errors.ts';

/** A value within its limits. */
export interface LimitedValue {
  readonly value: RosObject;
  /** Something was clamped. */
  readonly isChanged: boolean;
}

/**
 * Holds a value to its limits. Throws `LIMIT_BEYOND` for what is beyond one that refuses and for what is no finite number,
 * `CONFIG_INVALID` where a limited field does not exist: no limit may be ineffective because of a spelling.
 */
export function applyLimits(value: RosObject, limits: readonly FieldLimit[]): LimitedValue {
  let limited: RosValue = value;
  for (const limit of limits) limited = at(limited, limit.field.split('.'), limit);
  return { value: limited as RosObject, isChanged: limited !== value };
}

/** Throws `LIMIT_BEYOND` where any number within is not finite. */
export function checkFinite(value: RosValue, path = ''): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw notFinite(path, value);
  } else if (isList(value)) {
    for (const element of listOf(value)) checkFinite(element, path);
  } else if (typeof value === 'object') {
    for (const [field, member] of Object.entries(value)) {
      checkFinite(member, path === '' ? field : `${path}.${field}`);
    }
  }
}

function at(value: RosValue, path: readonly string[], limit: FieldLimit): RosValue {
  if (isList(value)) {
    const elements = listOf(value).map((element) => at(element, path, limit));
    if (elements.every((element, index) => element === value[index])) return value;
    return ArrayBuffer.isView(value) ? typedLike(value, elements) : elements;
  }
  const [field, ...rest] = path;
  if (field === undefined) return bounded(value, limit);
  const member = typeof value === 'object' && Object.hasOwn(value, field) ? value[field] : undefined;
  if (member === undefined) throw noNumber(limit);
  const changed = at(member, rest, limit);
  return changed === member ? value : { ...(value as RosObject), [field]: changed };
}

function bounded(value: RosValue, limit: FieldLimit): RosValue {
  if (typeof value !== 'number' && typeof value !== 'bigint') throw noNumber(limit);
  const { field, min = -Infinity, max = Infinity, beyond } = limit;
  const number = Number(value);
  if (!Number.isFinite(number)) throw notFinite(field, number);
  if (number >= min && number <= max) return value;
  if (beyond === 'refuse') {
    throw new AgentError('LIMIT_BEYOND', `${field} is ${number}; this robot takes ${min} to ${max}. Send less.`, {
      details: { field, value: number, min, max },
    });
  }
  const clamped = Math.min(max, Math.max(min, number));
  return typeof value === 'bigint' ? BigInt(Math.trunc(clamped)) : clamped;
}

type List = readonly RosValue[] | Exclude<Extract<RosValue, ArrayBufferView>, never>;

const isList = (value: RosValue): value is List => Array.isArray(value) || ArrayBuffer.isView(value);
const listOf = (value: List): RosValue[] => Array.from<RosValue>(value as ArrayLike<RosValue>);

/** Elements of 64-bit arrays stay `bigint`, of others numbers: the constructor takes what the array gave. */
function typedLike(list: Extract<RosValue, ArrayBufferView>, elements: readonly RosValue[]): RosValue {
  const copy = list.slice();
  elements.forEach((element, index) => Reflect.set(copy, index, element));
  return copy;
}

const notFinite = (field: string, value: number): AgentError =>
  new AgentError('LIMIT_BEYOND', `${field} is ${value}, which is no velocity. Send a finite number.`, {
    details: { field, value: String(value) },
  });

const noNumber = ({ field }: FieldLimit): AgentError =>
  new AgentError(
    'CONFIG_INVALID',
    `The robot's configuration limits ${field}, and what came has no such number. Correct motion.outputs on the robot.`,
    { details: { field } },
  );
