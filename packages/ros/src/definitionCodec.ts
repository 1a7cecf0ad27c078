import { parseJsonExact } from './exactJson.ts';
import { fromPlain } from './fromPlain.ts';
import type { MessageCodec } from './MessageCodec.ts';
import { checkStruct, readStruct } from './readStruct.ts';
import type { Schema } from './Schema.ts';
import type { StructLayout } from './StructLayout.ts';
import { structLayout } from './StructLayout.ts';
import { toJson } from './toJson.ts';
import { WireReader } from './WireReader.ts';
import { WireWriter } from './WireWriter.ts';
import { writeStruct } from './writeStruct.ts';

/** The codec of ROS 1 bytes or CDR. */
export function definitionCodec(schema: Schema, isCdr: boolean): MessageCodec {
  const layout = lazily(() => structLayout(schema));
  return {
    decode(data) {
      const struct = layout();
      const reader = new WireReader(struct.name, data, isCdr);
      const value = readStruct(struct, reader);
      reader.end();
      return value;
    },
    encode(value) {
      const struct = layout();
      const checked = fromPlain(struct, value);
      const writer = new WireWriter(isCdr);
      writeStruct(struct, checked, writer);
      return writer.finish();
    },
    validate(data) {
      const struct = layout();
      const reader = new WireReader(struct.name, data, isCdr);
      checkStruct(struct, reader);
      reader.end();
    },
    toJson: (value, options = {}) => toJson(layout(), value, options),
    fromJson: (text) => fromPlain(layout(), parseJsonExact(text)),
    fromPlain: (value) => fromPlain(layout(), value),
  };
}

/** Makes the layout at the first call; a definition that cannot be read is refused anew at each. */
export function lazily(make: () => StructLayout): () => StructLayout {
  let made: StructLayout | undefined;
  return () => (made ??= make());
}
