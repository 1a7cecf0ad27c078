import { malformedPacked } from './ByteReader.ts';
import type { ByteReader } from './ByteReader.ts';
import type { ByteWriter } from './ByteWriter.ts';
import { distanceNs, MAX_DISTANCE_NS, shifted } from './Instant.ts';
import type { Instant } from './Instant.ts';
import { publishModes } from './packedFormat.ts';
import type { PublishMode } from './packedFormat.ts';

/** A position is told with every message until so many messages in a row did not change it. */
const KEPT_MESSAGES = 3;
/** Stands for "every position" where otherwise the number of new positions stands, plus 1. */
const EVERY_POSITION = 0;

/** A channel as both ends know it while it has references. */
export interface PackedChannel {
  readonly id: number;
  /** The sequence of its last packed message. */
  sequence: number;
  references: number;
}

/**
 * The last message of one channel and length, and the positions of its bytes that change from message to message. Of the
 * next messages only the bytes at these positions travel, as differences, and position by position, so that bytes which
 * behave alike stand together. Sender and receiver hold the same and change it in the same way.
 */
export class Reference {
  readonly channel: PackedChannel;
  readonly index: number;
  readonly length: number;
  publishMode: PublishMode = publishModes.logTime;
  /** Number of the body that last used it. */
  usedIn = 0;
  /** Where the data of its messages lies in the records of the body at hand. */
  readonly members: number[] = [];
  #logTime: Instant | undefined;
  /** Nanoseconds between its last two messages. */
  #periodNs = 0;
  #data: Uint8Array | undefined;
  /** Messages until a position is forgotten; 0 for those that are not told. */
  #patience = new Uint8Array(0);
  #positions = new Uint16Array(0);

  constructor(channel: PackedChannel, index: number, length: number) {
    this.channel = channel;
    this.index = index;
    this.length = length;
  }

  /** When its next message is expected: as long after the last as that one after the one before. Undefined before the first. */
  get expected(): Instant | undefined {
    return this.#logTime === undefined ? undefined : shifted(this.#logTime, this.#periodNs);
  }

  /** Its next message was received by the agent at this instant. */
  handleLogTime(logTime: Instant): void {
    const periodNs = this.#logTime === undefined ? 0 : distanceNs(logTime, this.#logTime);
    this.#periodNs = Math.abs(periodNs) < MAX_DISTANCE_NS ? periodNs : 0;
    this.#logTime = logTime;
  }

  /** Its next message is its first and travels whole. */
  get isNew(): boolean {
    return this.#data === undefined;
  }

  /** Tells the data of its members, which lies in `records`. */
  write(writer: ByteWriter, records: Uint8Array): void {
    const { members } = this;
    let first = 0;
    if (this.#data === undefined) {
      const start = members[0] ?? 0;
      this.#data = records.slice(start, start + this.length);
      writer.append(this.#data);
      first = 1;
    }
    const count = members.length - first;
    if (count === 0) return;
    this.#writeNewPositions(writer, this.#data, records, first);

    const data = this.#data;
    const positions = this.#positions;
    const buffer = writer.reserve(positions.length * count);
    let at = writer.length;
    for (const position of positions) {
      let previous = data[position] ?? 0;
      let changes = 0;
      for (let member = first; member < members.length; member++) {
        const value = records[(members[member] ?? 0) + position] ?? 0;
        const difference = (value - previous) & 0xff;
        changes |= difference;
        buffer[at++] = difference;
        previous = value;
      }
      data[position] = previous;
      this.#settle(position, changes, count);
    }
    writer.advance(positions.length * count);
    this.#forgetQuiet();
  }

  /** Reads what {@link write} wrote into the places of its members in `records`. */
  read(reader: ByteReader, records: Uint8Array): void {
    const { members } = this;
    let first = 0;
    if (this.#data === undefined) {
      const whole = reader.take(this.length);
      this.#data = whole.slice();
      records.set(whole, members[0] ?? 0);
      first = 1;
    }
    const count = members.length - first;
    if (count === 0) return;
    this.#readNewPositions(reader);

    const data = this.#data;
    for (let member = first; member < members.length; member++) records.set(data, members[member] ?? 0);
    const positions = this.#positions;
    const differences = reader.take(positions.length * count);
    let at = 0;
    for (const position of positions) {
      let value = data[position] ?? 0;
      let changes = 0;
      for (let member = first; member < members.length; member++) {
        const difference = differences[at++] ?? 0;
        changes |= difference;
        value = (value + difference) & 0xff;
        records[(members[member] ?? 0) + position] = value;
      }
      data[position] = value;
      this.#settle(position, changes, count);
    }
    this.#forgetQuiet();
  }

  #writeNewPositions(writer: ByteWriter, data: Uint8Array, records: Uint8Array, first: number): void {
    const { members, length } = this;
    const found = this.#findNewPositions(data, records, first);
    const count = members.length - first;
    const told = this.#positions.length + found.length;
    if (told < length && told * count + found.length >= length * count) {
      writer.varint(EVERY_POSITION);
      this.#tellEveryPosition();
      return;
    }
    writer.varint(found.length + 1);
    if (found.length === 0) return;
    found.sort((a, b) => a - b);
    let next = 0;
    for (const position of found) {
      writer.varint(position - next);
      next = position + 1;
    }
    this.#tell(found);
  }

  #readNewPositions(reader: ByteReader): void {
    const code = reader.varintUpTo(this.length - this.#positions.length + 1, 'the number of new positions');
    if (code === EVERY_POSITION) {
      this.#tellEveryPosition();
      return;
    }
    const found: number[] = [];
    let next = 0;
    while (found.length < code - 1) {
      const position = next + reader.varintUpTo(this.length, 'a position');
      if (position >= this.length || (this.#patience[position] ?? 0) > 0) {
        throw malformedPacked(`position ${position} is new in a message of ${this.length} bytes`);
      }
      found.push(position);
      next = position + 1;
    }
    if (found.length > 0) this.#tell(found);
  }

  /** Positions that change from one member to the next and are not told yet. */
  #findNewPositions(data: Uint8Array, records: Uint8Array, first: number): number[] {
    const { members, length } = this;
    const patience = this.#ownPatience();
    const found: number[] = [];
    for (let member = first; member < members.length; member++) {
      const start = members[member] ?? 0;
      const before = member === first ? data : records;
      const beforeStart = member === first ? 0 : (members[member - 1] ?? 0);
      for (let position = 0; position < length; position++) {
        if (records[start + position] !== before[beforeStart + position] && patience[position] === 0) {
          patience[position] = KEPT_MESSAGES;
          found.push(position);
        }
      }
    }
    return found;
  }

  #ownPatience(): Uint8Array {
    if (this.#patience.length !== this.length) this.#patience = new Uint8Array(this.length);
    return this.#patience;
  }

  #tell(found: readonly number[]): void {
    const patience = this.#ownPatience();
    for (const position of found) patience[position] = KEPT_MESSAGES;
    const positions = new Uint16Array(this.#positions.length + found.length);
    positions.set(this.#positions);
    positions.set(found, this.#positions.length);
    this.#positions = positions.sort();
  }

  #tellEveryPosition(): void {
    this.#ownPatience().fill(KEPT_MESSAGES);
    this.#positions = Uint16Array.from({ length: this.length }, (_, position) => position);
  }

  #settle(position: number, changes: number, count: number): void {
    this.#patience[position] = changes === 0 ? Math.max(0, (this.#patience[position] ?? 0) - count) : KEPT_MESSAGES;
  }

  #forgetQuiet(): void {
    const patience = this.#patience;
    if (this.#positions.some((position) => patience[position] === 0)) {
      this.#positions = this.#positions.filter((position) => patience[position] !== 0);
    }
  }
}
