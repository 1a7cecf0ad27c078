import { FrameBuilder, recordKinds } from '@longline/line';
import type { RecordKindName } from '@longline/line';
import { hostileFrame, sampleFrame } from '@longline/testing';
import { bendBytes, joined } from './bendBytes.ts';
import { bendValue } from './bendValue.ts';
import type { Dice } from './Dice.ts';

const RECORD_HEADER_BYTES = 5;
/** Records whose body is JSON alone, and those whose JSON has its length before it and bytes after it. */
const headed: readonly RecordKindName[] = ['hello', 'request', 'reply'];
const binary: readonly RecordKindName[] = ['message', 'part', 'packed', 'ping', 'pong', 'ack', 'ackRequest'];

/** A frame with one record of this kind. */
export function frameOf(kind: RecordKindName, body: Uint8Array): Uint8Array {
  const builder = new FrameBuilder();
  builder.append(recordKinds[kind], body);
  return builder.take().slice();
}

/** The body of a record that has a JSON header. */
export function headedBody(header: unknown, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  const json = encoder.encode(JSON.stringify(header));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, json.length, true);
  return joined(length, json, payload);
}

/** A frame with records of these kinds: mostly whole frames whose records are bent within, so that they get far. */
export function bentFrame(dice: Dice, kinds: readonly RecordKindName[]): Uint8Array {
  if (dice.oneIn(6)) return hostileFrame(dice.below, dice.oneIn(2) ? kinds : undefined);
  const frames = Array.from({ length: 1 + dice.below(3) }, () => bentRecord(dice, dice.one(kinds)));
  const whole = joined(...frames);
  return dice.oneIn(5) ? bendBytes(dice, whole) : whole;
}

function bentRecord(dice: Dice, kind: RecordKindName): Uint8Array {
  const good = sampleFrame(kind);
  const body = good.subarray(RECORD_HEADER_BYTES);
  if (dice.oneIn(3)) return good;
  if (binary.includes(kind)) return frameOf(kind, bendBytes(dice, body));
  const isHeaded = headed.includes(kind) && body[0] !== OPEN_BRACE;
  const json = isHeaded ? body.subarray(4, 4 + new DataView(body.buffer, body.byteOffset, 4).getUint32(0, true)) : body;
  const value: unknown = JSON.parse(decoder.decode(json));
  const bent = bendValue(dice, value) ?? null;
  return frameOf(kind, isHeaded ? headedBody(bent, dice.bytes(dice.below(40))) : encoder.encode(JSON.stringify(bent)));
}

const OPEN_BRACE = 0x7b;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
