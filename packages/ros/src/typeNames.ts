import { RosError } from './errors.ts';

/** What a type is used for; ROS 1 names do not say. */
export type TypeKind = 'msg' | 'srv' | 'action';

/** The parts of a type name. */
export interface TypeName {
  readonly package: string;
  readonly name: string;
  /** `undefined` for the two-part names of ROS 1. */
  readonly kind: TypeKind | undefined;
}

/** Longest type name accepted, in characters. */
export const MAX_TYPE_NAME_LENGTH = 255;

const typeNamePattern = /^([A-Za-z]\w*)\/(?:(msg|srv|action)\/)?([A-Za-z]\w*)$/;

/** Splits `pkg/Type`, `pkg/msg/Type`, `pkg/srv/Type` or `pkg/action/Type`. Throws `NAME_INVALID`. */
export function parseTypeName(text: string): TypeName {
  const match = text.length <= MAX_TYPE_NAME_LENGTH ? typeNamePattern.exec(text) : null;
  const [, packageName, kind, name] = match ?? [];
  if (packageName === undefined || name === undefined) {
    throw new RosError(
      'NAME_INVALID',
      `${quoteShort(text)} is not a ROS type name. Write it as geometry_msgs/Twist (ROS 1) or geometry_msgs/msg/Twist (ROS 2).`,
      { details: { type: text.slice(0, MAX_TYPE_NAME_LENGTH) } },
    );
  }
  return { package: packageName, name, kind: kind === 'msg' || kind === 'srv' || kind === 'action' ? kind : undefined };
}

/** The two-part spelling, `pkg/Type`. Throws `NAME_INVALID`. */
export function ros1TypeName(text: string): string {
  const type = parseTypeName(text);
  return `${type.package}/${type.name}`;
}

/** The three-part spelling, `pkg/msg/Type`; `kind` (default `msg`) fills in for two-part names. Throws `NAME_INVALID`. */
export function ros2TypeName(text: string, kind: TypeKind = 'msg'): string {
  const type = parseTypeName(text);
  return `${type.package}/${type.kind ?? kind}/${type.name}`;
}

/** Whether both name one type, whichever way they are spelled; false when either is no type name. */
export function sameType(a: string, b: string): boolean {
  if (a === b) return typeNamePattern.test(a);
  const [left, right] = [typeNamePattern.exec(a), typeNamePattern.exec(b)];
  if (left === null || right === null || left[1] !== right[1] || left[3] !== right[3]) return false;
  return left[2] === undefined || right[2] === undefined || left[2] === right[2];
}

function quoteShort(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}
