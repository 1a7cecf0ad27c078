import type { StructLayout } from '@longline/ros';

const SECOND_NS = 1_000_000_000n;
const HEADER = 'std_msgs/Header';
/** Whether a type has a time anywhere. */
const timed = new WeakMap<StructLayout, boolean>();

/**
 * What rosbridge does to a message that a client publishes: the text `"now"` in place of a time, and the stamp that a header
 * lacks, become the robot's time. Any other value is returned as it is; nothing is checked.
 */
export function fillTimes(layout: StructLayout, value: unknown, nowNs: bigint): unknown {
  if (!hasTime(layout) || !isRecord(value)) return value;
  let filled: Record<string, unknown> | undefined;
  for (const { name, element, array } of layout.fields) {
    const before = value[name];
    let after = before;
    if (element.kind === 'time' && array === undefined) {
      const isLacking = layout.name === HEADER && name === 'stamp' && before === undefined;
      if (isLacking || before === 'now') after = timeOf(layout.rosVersion, nowNs);
    } else if (element.kind === 'struct') {
      const { struct } = element;
      if (array === undefined) after = fillTimes(struct, before, nowNs);
      else if (Array.isArray(before) && hasTime(struct)) {
        after = before.map((item: unknown) => fillTimes(struct, item, nowNs));
      }
    }
    if (after !== before) (filled ??= { ...value })[name] = after;
  }
  return filled ?? value;
}

function timeOf(rosVersion: 1 | 2, nowNs: bigint): Record<string, number> {
  const [sec, nsec] = [Number(nowNs / SECOND_NS), Number(nowNs % SECOND_NS)];
  return rosVersion === 1 ? { secs: sec, nsecs: nsec } : { sec, nanosec: nsec };
}

function hasTime(layout: StructLayout): boolean {
  let known = timed.get(layout);
  if (known === undefined) {
    known = layout.fields.some(
      ({ element }) => element.kind === 'time' || (element.kind === 'struct' && hasTime(element.struct)),
    );
    timed.set(layout, known);
  }
  return known;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
