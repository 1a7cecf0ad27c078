import { constants, zstdCompressSync } from 'node:zlib';
import { FrameBuilder } from '@longline/line';
import { batchesOf } from './batches.ts';
import { PackedSocket } from './PackedSocket.ts';
import { rosbridgeJson } from './rosbridgeJson.ts';
import type { RobotMessage } from './robotMessages.ts';
import { webSocketBytes } from './webSocketBytes.ts';

const BATCH = 10;

/** Bytes and time per message of one type sent alone in batches of ten. */
export interface AloneFigures {
  /** As rosbridge writes it, without framing. */
  readonly rosbridgeJson: number;
  /** Plain message records in a frame, with framing. */
  readonly plain: number;
  /** Eight bytes and the data of ten messages under zstd 1, without framing and memory of earlier batches: how compressible the data is. */
  readonly zstd1: number;
  /** A packed record in a frame, with framing. */
  readonly packed: number;
  /** Median microseconds of a batch, divided by ten. */
  readonly packUs: number;
  readonly unpackUs: number;
}

export function measureAlone(messages: readonly RobotMessage[]): AloneFigures {
  const socket = new PackedSocket();
  const builder = new FrameBuilder();
  let [json, plain, zstd1, packed] = [0, 0, 0, 0];
  for (const batch of batchesOf(BATCH, messages)) {
    for (const message of batch) {
      json += rosbridgeJson(message).length;
      builder.appendMessage(message.channelId, message.parts);
    }
    plain += webSocketBytes(builder.take().length, true);
    zstd1 += zstdCompressSync(Buffer.concat(batch.map(withTime)), {
      params: { [constants.ZSTD_c_compressionLevel]: 1 },
    }).length;
    packed += webSocketBytes(socket.send(batch), true);
  }
  const perMessage = (bytes: number): number => Math.round((bytes / messages.length) * 10) / 10;
  return {
    rosbridgeJson: perMessage(json),
    plain: perMessage(plain),
    zstd1: perMessage(zstd1),
    packed: perMessage(packed),
    packUs: Math.round((median(socket.packMs) * 10_000) / BATCH) / 10,
    unpackUs: Math.round((median(socket.unpackMs) * 10_000) / BATCH) / 10,
  };
}

function withTime({ parts }: RobotMessage): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64LE(parts.logTime);
  return Buffer.concat([time, parts.data]);
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
