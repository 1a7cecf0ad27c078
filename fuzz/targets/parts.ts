import { FrameBuilder, readRecords, recordKinds } from '@longline/line';
import { PartAssembler } from '../../packages/line/src/PartAssembler.ts';
import { PartedRecord } from '../../packages/line/src/PartedRecord.ts';
import { bendBytes } from '../bendBytes.ts';
import type { Dice } from '../Dice.ts';
import { takesOrRefuses } from '../documentedErrors.ts';
import { claim } from '../FuzzTarget.ts';
import type { FuzzTarget } from '../FuzzTarget.ts';

const MAX_RECORD_BYTES = 64 * 1024;

/** The bodies of the parts of one record. */
function partsOf(dice: Dice, transfer: number, data: Uint8Array): Uint8Array[] {
  const record = new PartedRecord(transfer, recordKinds.reply, [data]);
  const parts: Uint8Array[] = [];
  for (let isLast = false; !isLast;) {
    const builder = new FrameBuilder();
    isLast = record.writeNext(builder, 1 + dice.below(3_000));
    readRecords(builder.take().slice(), {
      handleMessage: () => undefined,
      handleRecord: (_kind, body) => void parts.push(body.slice()),
    });
  }
  return parts;
}

function shuffled<T>(dice: Dice, items: readonly T[]): T[] {
  const rest = [...items];
  return items.map(() => rest.splice(dice.below(rest.length), 1)[0] as T);
}

/** Records in parts: in any order they come together as they were; of bent ones no more than the bound is kept. */
export const parts: FuzzTarget = {
  name: 'line-parts',
  weight: 0.5,
  open: () => ({
    play(dice, feed) {
      const sent = Array.from({ length: 3 }, (_, id) => dice.bytes(1 + dice.below(2_000 * (id + 1))));
      const bodies = shuffled(
        dice,
        sent.flatMap((data, id) => partsOf(dice, id, data)),
      );
      const whole: Uint8Array[] = [];
      const assembler = new PartAssembler(MAX_RECORD_BYTES);
      for (const body of bodies) {
        feed({ body }, () => {
          const record = assembler.handlePart(body);
          if (record !== undefined) whole.push(record.slice(5));
        });
      }
      claim(assembler.bytes === 0, 'bytes are kept of records that are whole');
      claim(
        sent.every((data) => whole.some((record) => Buffer.compare(record, data) === 0)),
        'a record came together otherwise than it was sent',
      );
      const hostile = new PartAssembler(MAX_RECORD_BYTES);
      for (let count = 0; count < 20; count++) {
        const body = bendBytes(dice, dice.one(bodies), bodies);
        feed({ body }, () => {
          takesOrRefuses(() => void hostile.handlePart(body));
          claim(hostile.bytes <= 2 * MAX_RECORD_BYTES, `${hostile.bytes} bytes are kept of records under assembly`);
        });
      }
    },
  }),
};
