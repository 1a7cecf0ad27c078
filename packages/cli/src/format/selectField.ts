import type { RosObject, RosValue } from '@longline/ros';
import { CliError } from '../errors.ts';
import type { ValueShape } from './rosYaml.ts';

/** A part of a message and its type. */
export interface Selected {
  readonly shape: ValueShape;
  readonly value: RosValue;
}

/** Splits `linear.x`, `linear/x`, `pose[0].x` into steps. */
export const fieldPath = (text: string): string[] =>
  text
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split(/[./]/)
    .filter((step) => step !== '');

/** The part of a message that a path leads to. Throws `FIELD_UNKNOWN` that names the fields there are. */
export function selectField(message: Selected, path: readonly string[]): Selected {
  return path.reduce((here, step) => selectStep(here, step, path), message);
}

function selectStep({ shape, value }: Selected, step: string, path: readonly string[]): Selected {
  const { array, element } = shape;
  const where = path.join('.');
  if (array !== undefined) {
    const items = Array.from(value as Iterable<RosValue>);
    const item = /^\d+$/.test(step) ? items[Number(step)] : undefined;
    if (item !== undefined) return { shape: { element, array: undefined }, value: item };
    throw unknown(`${where}: ${step} is not one of the ${items.length} items, numbered from 0.`);
  }
  const known = element.kind === 'struct' ? element.struct.fields : [];
  const field = known.find(({ name }) => name === step);
  const member = (value as RosObject)[step];
  if (field === undefined || member === undefined) {
    const names = known.map(({ name }) => name).join(', ');
    throw unknown(
      `${where}: there is no field ${step}${names === '' ? ' in a single value' : `; the fields are ${names}`}.`,
    );
  }
  return { shape: field, value: member };
}

const unknown = (message: string): CliError => new CliError('FIELD_UNKNOWN', message);
