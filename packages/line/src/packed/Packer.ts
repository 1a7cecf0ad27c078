import { LineError } from '../errors.ts';
import { MESSAGE_HEADER_BYTES, RECORD_HEADER_BYTES, recordKinds } from '../recordKinds.ts';
import { ByteWriter } from './ByteWriter.ts';
import { distanceNs, MAX_DISTANCE_NS, restNs, sameInstant, shifted, stampIn } from './Instant.ts';
import type { Instant } from './Instant.ts';
import {
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

/** What packing did to one channel's messages of one body. */
export interface PackedShare {
  readonly channelId: number;
  messages: number;
  /** Bytes of their plain records. */
  plainBytes: number;
  /** Their part of the body, in bytes: what they had before compression, times what compression left of the whole. */
  packedBytes: number;
}

/** Below so many bytes zstd's own headers cost more than it saves. */
const SMALLEST_COMPRESSED = 48;
/** Bodies below so many bytes are compressed only now and then while that saves next to nothing. */
const SMALLEST_TRIED = 512;
const WORTHWHILE_SAVING = 0.03;
const TRIED_EVERY = 8;

/** Where a plain message record lies, and what its header says. */
interface Plain {
  readonly channelId: number;
  readonly sequence: number;
  readonly logTime: Instant;
  readonly publishTime: Instant;
  readonly dataStart: number;
  readonly end: number;
}

/**
 * The sender's end of one socket's packed records (clause 4.6): turns plain message records into the body of one packed
 * record. Bodies must arrive whole, each once, in the order they were made: later ones tell differences to earlier ones.
 * Keeps at most about 0.8 MiB, mostly four times the bytes of the messages it tells differences to.
 */
export class Packer {
  readonly #zstd: Zstd | undefined;
  readonly #table = new ReferenceTable();
  readonly #history = new RawHistory();
  readonly #writer = new ByteWriter();
  /** Starts and lengths of data told whole, in the writer. */
  readonly #whole: number[] = [];
  readonly #shares = new Map<number, PackedShare>();
  #lastLogTime: Instant = { high: 0, low: 0 };
  #saving = 1;
  #untried = 0;

  /** Without `zstd` bodies are never compressed, only told in differences. */
  constructor(zstd?: Zstd) {
    this.#zstd = zstd;
  }

  /** What the last body did for each of its channels; valid until the next. */
  get shares(): readonly PackedShare[] {
    return [...this.#shares.values()];
  }

  /**
   * The body of one packed record for one or more message records as `FrameBuilder` writes them. It is at most 8 bytes a
   * message and 16 bytes longer than they are. Throws `INTERNAL` when `records` holds anything else or more
   * than 16,384 messages.
   */
  pack(records: Uint8Array): Uint8Array {
    const table = this.#table;
    const writer = this.#writer;
    const messages = readPlain(records);
    const unitNs = messages.every(({ logTime }) => restNs(logTime) === 0) ? 1000 : 1;
    writer.clear();
    this.#whole.length = 0;
    this.#shares.clear();

    writer.varint(messages.length);
    const loose: Plain[] = [];
    for (const message of messages) this.#writeHead(message, unitNs, records, loose);
    for (const reference of table.inBody) {
      const start = writer.length;
      if (reference.isNew) this.#whole.push(start, reference.length);
      reference.write(writer, records);
      this.#share(reference.channel.id).packedBytes += writer.length - start;
    }
    for (const { channelId, dataStart, end } of loose) {
      this.#whole.push(writer.length, end - dataStart);
      writer.append(records.subarray(dataStart, end));
      this.#share(channelId).packedBytes += end - dataStart;
    }
    const plain = writer.bytes;
    const body = this.#close(plain, unitNs === 1000 ? bodyFlags.microseconds : 0);
    for (const share of this.#shares.values()) share.packedBytes *= body.length / plain.length;

    const whole = this.#whole;
    for (let i = 0; i < whole.length; i += 2) {
      const start = whole[i] ?? 0;
      this.#history.append(plain.subarray(start, start + (whole[i + 1] ?? 0)));
    }
    table.endBody();
    return body;
  }

  #writeHead(message: Plain, unitNs: number, records: Uint8Array, loose: Plain[]): void {
    const { channelId, sequence, dataStart, end } = message;
    const writer = this.#writer;
    const table = this.#table;
    const length = end - dataStart;
    const before = writer.length;
    const channel = table.channel(channelId);
    const expected = channel === undefined ? 0 : (channel.sequence + 1) >>> 0;
    const known = table.find(channelId, length);
    const reference = known ?? (length > MAX_REFERENCE_BYTES ? undefined : table.add(channelId, length));

    const predicted = known?.expected ?? this.#lastLogTime;
    const lateNs = distanceNs(message.logTime, unitNs === 1 ? predicted : shifted(predicted, -restNs(predicted)));
    const mode = publishModeOf(message, records, reference);
    const surprise =
      (sequence === expected ? 0 : surprises.sequence) |
      (Math.abs(lateNs) < MAX_DISTANCE_NS ? 0 : surprises.logTime) |
      (mode === (reference?.publishMode ?? publishModes.logTime) ? 0 : surprises.publishMode);

    if (known === undefined) {
      writer.varint(reference === undefined ? heads.loose : heads.newReference);
      writer.varint(channelId);
      writer.varint(length);
      writer.u8(surprise);
    } else {
      writer.varint(heads.firstReference + 2 * known.index + (surprise === 0 ? 0 : 1));
      if (surprise !== 0) writer.u8(surprise);
    }
    if ((surprise & surprises.sequence) !== 0) writer.varint((sequence - expected) >>> 0);
    if ((surprise & surprises.logTime) !== 0) {
      writer.u32(message.logTime.low);
      writer.u32(message.logTime.high);
    } else {
      writer.zigzag(lateNs / unitNs);
    }
    if ((surprise & surprises.publishMode) !== 0) writer.u8(mode);
    if (mode === publishModes.distance) writer.zigzag(distanceNs(message.publishTime, message.logTime));
    if (mode === publishModes.whole) {
      writer.u32(message.publishTime.low);
      writer.u32(message.publishTime.high);
    }

    this.#lastLogTime = message.logTime;
    if (reference === undefined) {
      loose.push(message);
      if (channel !== undefined) channel.sequence = sequence;
    } else {
      reference.handleLogTime(message.logTime);
      reference.publishMode = mode;
      reference.channel.sequence = sequence;
      table.use(reference, dataStart);
    }
    const share = this.#share(channelId);
    share.messages += 1;
    share.plainBytes += RECORD_HEADER_BYTES + MESSAGE_HEADER_BYTES + length;
    share.packedBytes += writer.length - before;
  }

  #close(plain: Uint8Array, flags: number): Uint8Array {
    const compressed = this.#compress(plain);
    if (compressed === undefined) return joined(flags, plain);
    const dictionary = this.#dictionary() === undefined ? 0 : bodyFlags.dictionary;
    return joined(flags | bodyFlags.compressed | dictionary, compressed.subarray(ZSTD_MAGIC.length));
  }

  #compress(plain: Uint8Array): Uint8Array | undefined {
    if (this.#zstd === undefined || plain.length < SMALLEST_COMPRESSED) return undefined;
    const hopeless = this.#saving < WORTHWHILE_SAVING && plain.length < SMALLEST_TRIED && this.#whole.length === 0;
    if (hopeless && this.#untried < TRIED_EVERY - 1) {
      this.#untried += 1;
      return undefined;
    }
    this.#untried = 0;
    const compressed = this.#zstd.compress(plain, this.#dictionary());
    this.#saving = 1 - (compressed.length - ZSTD_MAGIC.length) / plain.length;
    return this.#saving > 0 ? compressed : undefined;
  }

  /** Differences are not found in it, so it is used only where something travels whole. */
  #dictionary(): Uint8Array | undefined {
    return this.#whole.length === 0 ? undefined : this.#history.dictionary;
  }

  #share(channelId: number): PackedShare {
    let share = this.#shares.get(channelId);
    if (share === undefined) {
      share = { channelId, messages: 0, plainBytes: 0, packedBytes: 0 };
      this.#shares.set(channelId, share);
    }
    return share;
  }
}

function readPlain(records: Uint8Array): Plain[] {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  const messages: Plain[] = [];
  for (let at = 0; at < records.length || messages.length === 0;) {
    const bodyBytes = records.length - at < RECORD_HEADER_BYTES ? 0 : view.getUint32(at + 1, true);
    const end = at + RECORD_HEADER_BYTES + bodyBytes;
    if (bodyBytes < MESSAGE_HEADER_BYTES || end > records.length || view.getUint8(at) !== recordKinds.message) {
      throw new LineError('INTERNAL', `only whole message records can be packed; byte ${at} begins something else`);
    }
    const body = at + RECORD_HEADER_BYTES;
    messages.push({
      channelId: view.getUint32(body, true),
      sequence: view.getUint32(body + 4, true),
      logTime: { low: view.getUint32(body + 8, true), high: view.getUint32(body + 12, true) },
      publishTime: { low: view.getUint32(body + 16, true), high: view.getUint32(body + 20, true) },
      dataStart: body + MESSAGE_HEADER_BYTES,
      end,
    });
    at = end;
  }
  if (messages.length > MAX_BODY_MESSAGES) {
    throw new LineError('INTERNAL', `${messages.length} messages are too many to pack; at most ${MAX_BODY_MESSAGES}`);
  }
  return messages;
}

/** The first mode that gives the publish time exactly; a reference's own goes first where nothing else need be told. */
function publishModeOf(message: Plain, records: Uint8Array, reference: Reference | undefined): PublishMode {
  const { logTime, publishTime } = message;
  if (reference?.publishMode === publishModes.stamp && stampIsPublishTime(message, records)) return publishModes.stamp;
  if (sameInstant(publishTime, logTime)) return publishModes.logTime;
  if (stampIsPublishTime(message, records)) return publishModes.stamp;
  return Math.abs(distanceNs(publishTime, logTime)) < MAX_DISTANCE_NS ? publishModes.distance : publishModes.whole;
}

/** Whether the stamp in the data is the publish time, to the nanosecond. */
const stampIsPublishTime = ({ dataStart, end, publishTime }: Plain, records: Uint8Array): boolean =>
  end - dataStart >= STAMP_END && sameInstant(stampIn(records, dataStart), publishTime);

function joined(flags: number, rest: Uint8Array): Uint8Array {
  const body = new Uint8Array(1 + rest.length);
  body[0] = flags;
  body.set(rest, 1);
  return body;
}
