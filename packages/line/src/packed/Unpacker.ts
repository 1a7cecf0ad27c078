import { MESSAGE_HEADER_BYTES, RECORD_HEADER_BYTES, recordKinds } from '../recordKinds.ts';
import { ByteReader, malformedPacked } from './ByteReader.ts';
import { MAX_DISTANCE_NS, restNs, shifted, stampIn } from './Instant.ts';
import type { Instant } from './Instant.ts';
import {
  ALL_BODY_FLAGS,
  ALL_SURPRISES,
  bodyFlags,
  heads,
  MAX_BODY_MESSAGES,
  MAX_REFERENCE_BYTES,
  publishModes,
  STAMP_END,
  surprises,
} from './packedFormat.ts';
import type { PublishMode } from './packedFormat.ts';
import { RawHistory } from './RawHistory.ts';
import type { Reference } from './Reference.ts';
import { ReferenceTable } from './ReferenceTable.ts';
import { ZSTD_MAGIC } from './Zstd.ts';
import type { Zstd } from './Zstd.ts';

const HEADER_BYTES = RECORD_HEADER_BYTES + MESSAGE_HEADER_BYTES;

/** What a head says of one message. */
interface Head {
  readonly channelId: number;
  readonly sequence: number;
  readonly logTime: Instant;
  /** Undefined where it is the stamp in the data. */
  readonly publishTime: Instant | undefined;
  readonly length: number;
  /** None for a message that is too long to be one. */
  readonly reference: Reference | undefined;
}

/**
 * The receiver's end of one socket's packed records (clause 4.6). It must be given every body in the order of sending;
 * after an error the line has to end, since the two sides no longer know the same.
 */
export class Unpacker {
  readonly #zstd: Zstd | undefined;
  readonly #table = new ReferenceTable();
  readonly #history = new RawHistory();
  #lastLogTime: Instant = { high: 0, low: 0 };

  /** Without `zstd` compressed bodies are refused. */
  constructor(zstd?: Zstd) {
    this.#zstd = zstd;
  }

  /**
   * Gives back the message records that `Packer.pack` was given, byte for byte. Throws `FRAME_MALFORMED` when the body is
   * none of its making or more than `maxBytes` of records would come out; needs at most 3 MiB and 2.4 times `maxBytes`
   * meanwhile.
   */
  unpack(body: Uint8Array, maxBytes: number): Uint8Array {
    const flags = body[0] ?? 0x80;
    if (flags > ALL_BODY_FLAGS) throw malformedPacked(`its flags are ${flags}`);
    const reader = new ByteReader(this.#open(flags, body.subarray(1), maxBytes));
    const unitNs = (flags & bodyFlags.microseconds) === 0 ? 1 : 1000;

    const count = reader.varintUpTo(MAX_BODY_MESSAGES, 'the number of messages');
    if (count === 0) throw malformedPacked('it holds no message');
    const messages: Head[] = [];
    let bytes = 0;
    while (messages.length < count) {
      const head = this.#readHead(reader, unitNs, bytes + HEADER_BYTES);
      bytes += HEADER_BYTES + head.length;
      if (bytes > maxBytes) throw malformedPacked(`more than ${maxBytes} bytes come out of it`);
      messages.push(head);
    }
    const records = new Uint8Array(bytes);
    this.#readData(reader, messages, records);
    if (reader.left > 0) throw malformedPacked(`${reader.left} bytes are left over`);
    writeHeaders(messages, records);
    this.#table.endBody();
    return records;
  }

  #open(flags: number, rest: Uint8Array, maxBytes: number): Uint8Array {
    if ((flags & bodyFlags.compressed) === 0) {
      if ((flags & bodyFlags.dictionary) !== 0) throw malformedPacked('it names a dictionary and is not compressed');
      return rest;
    }
    if (this.#zstd === undefined) throw malformedPacked('it is compressed, which this side did not offer');
    const dictionary = (flags & bodyFlags.dictionary) === 0 ? undefined : this.#history.dictionary;
    const frame = new Uint8Array(ZSTD_MAGIC.length + rest.length);
    frame.set(ZSTD_MAGIC);
    frame.set(rest, ZSTD_MAGIC.length);
    // Heads can be up to 8 bytes longer than the 29 they stand for.
    const maxPlainBytes = Math.ceil(maxBytes * 1.4) + 16;
    try {
      return this.#zstd.decompress(frame, maxPlainBytes, dictionary);
    } catch (error) {
      throw malformedPacked(`zstd cannot read it, or more than ${maxPlainBytes} bytes come out`, error);
    }
  }

  #readHead(reader: ByteReader, unitNs: number, dataStart: number): Head {
    const table = this.#table;
    const first = reader.varint();
    let reference: Reference | undefined;
    let channelId: number;
    let length: number;
    let surprise: number;
    if (first >= heads.firstReference) {
      reference = table.at((first - heads.firstReference) >>> 1);
      if (reference === undefined || first > 0xffff)
        throw malformedPacked(`it names reference ${first}, which is none`);
      channelId = reference.channel.id;
      length = reference.length;
      surprise = first % 2 === 0 ? 0 : reader.u8();
    } else {
      channelId = reader.varintUpTo(0xffff_ffff, 'a channel');
      length = reader.varintUpTo(first === heads.loose ? reader.left : MAX_REFERENCE_BYTES, 'a length');
      surprise = reader.u8();
      if (first === heads.newReference) {
        if (table.find(channelId, length) !== undefined) throw malformedPacked('it makes a reference twice');
        if (length > reader.left) throw malformedPacked(`${length} bytes are announced and ${reader.left} are left`);
      }
    }
    if (surprise > ALL_SURPRISES) throw malformedPacked(`the surprises of a head are ${surprise}`);
    const predicted = reference?.expected ?? this.#lastLogTime;
    const channel = table.channel(channelId);
    const expected = channel === undefined ? 0 : (channel.sequence + 1) >>> 0;
    if (first === heads.newReference) reference = table.add(channelId, length);

    const skipped = (surprise & surprises.sequence) === 0 ? 0 : reader.varintUpTo(0xffff_ffff, 'a sequence');
    const sequence = (expected + skipped) >>> 0;
    const logTime =
      (surprise & surprises.logTime) === 0
        ? shifted(unitNs === 1 ? predicted : shifted(predicted, -restNs(predicted)), readDistance(reader, unitNs))
        : readInstant(reader);
    const publishMode =
      (surprise & surprises.publishMode) === 0
        ? (reference?.publishMode ?? publishModes.logTime)
        : readPublishMode(reader);
    const publishTime = readPublishTime(reader, publishMode, logTime, length);

    this.#lastLogTime = logTime;
    if (reference !== undefined) {
      reference.handleLogTime(logTime);
      reference.publishMode = publishMode;
      reference.channel.sequence = sequence;
      table.use(reference, dataStart);
    } else if (channel !== undefined) {
      channel.sequence = sequence;
    }
    return { channelId, sequence, logTime, publishTime, length, reference };
  }

  #readData(reader: ByteReader, messages: readonly Head[], records: Uint8Array): void {
    for (const reference of this.#table.inBody) {
      const start = reference.members[0] ?? 0;
      const isNew = reference.isNew;
      reference.read(reader, records);
      if (isNew) this.#history.append(records.subarray(start, start + reference.length));
    }
    let at = 0;
    for (const { reference, length } of messages) {
      at += HEADER_BYTES;
      if (reference === undefined) {
        const data = reader.take(length);
        records.set(data, at);
        this.#history.append(data);
      }
      at += length;
    }
  }
}

function writeHeaders(messages: readonly Head[], records: Uint8Array): void {
  const view = new DataView(records.buffer);
  let at = 0;
  for (const { channelId, sequence, logTime, publishTime, length } of messages) {
    const body = at + RECORD_HEADER_BYTES;
    const dataStart = body + MESSAGE_HEADER_BYTES;
    const { high, low } = publishTime ?? stampIn(records, dataStart);
    view.setUint8(at, recordKinds.message);
    view.setUint32(at + 1, MESSAGE_HEADER_BYTES + length, true);
    view.setUint32(body, channelId, true);
    view.setUint32(body + 4, sequence, true);
    view.setUint32(body + 8, logTime.low, true);
    view.setUint32(body + 12, logTime.high, true);
    view.setUint32(body + 16, low, true);
    view.setUint32(body + 20, high, true);
    at = dataStart + length;
  }
}

function readPublishTime(reader: ByteReader, mode: PublishMode, logTime: Instant, length: number): Instant | undefined {
  switch (mode) {
    case publishModes.logTime:
      return logTime;
    case publishModes.stamp:
      if (length < STAMP_END) throw malformedPacked('it names a stamp beyond the data');
      return undefined;
    case publishModes.distance:
      return shifted(logTime, readDistance(reader, 1));
    case publishModes.whole:
      return readInstant(reader);
  }
}

function readPublishMode(reader: ByteReader): PublishMode {
  const mode = reader.u8();
  for (const known of Object.values(publishModes)) if (known === mode) return known;
  throw malformedPacked(`publish mode ${mode} does not exist`);
}

function readInstant(reader: ByteReader): Instant {
  const low = reader.u32();
  return { high: reader.u32(), low };
}

function readDistance(reader: ByteReader, unitNs: number): number {
  const ns = reader.zigzag() * unitNs;
  if (Math.abs(ns) < MAX_DISTANCE_NS) return ns;
  throw malformedPacked('two times are too far apart');
}
