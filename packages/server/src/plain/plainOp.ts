import { parseJsonExact, RosError } from '@longline/ros';
import { z } from 'zod';

const name = z.string().min(1).max(255);
/** rosbridge clients send texts; numbers do no harm. */
const id = z.union([z.string().max(256), z.number().transform(String)]).optional();
const message = z.record(z.string(), z.unknown());

const plainOpSchema = z.discriminatedUnion('op', [
  z.object({ op: z.literal('advertise'), topic: name, type: name.optional(), latch: z.boolean().optional(), id }),
  z.object({ op: z.literal('unadvertise'), topic: name, id }),
  z.object({
    op: z.literal('publish'),
    topic: name,
    type: name.optional(),
    latch: z.boolean().optional(),
    msg: message.optional(),
    id,
  }),
  z.object({ op: z.literal('subscribe'), topic: name, type: name.optional(), id }),
  z.object({ op: z.literal('unsubscribe'), topic: name, id }),
  z.object({ op: z.literal('advertise_service'), service: name, type: name.optional(), id }),
  z.object({ op: z.literal('unadvertise_service'), service: name, id }),
  z.object({
    op: z.literal('service_response'),
    service: name.optional(),
    id,
    values: z.unknown().optional(),
    result: z.boolean().optional(),
  }),
  z.object({ op: z.literal('call_service'), service: name, args: z.unknown().optional(), id }),
  /** How much a client wants to be told: it is told what there is. */
  z.object({ op: z.literal('set_level'), id }),
  z.object({ op: z.literal('status'), id }),
]);

/** What a plain device may say: rosbridge protocol 2.x, as its clients speak it. */
export type PlainOp = z.infer<typeof plainOpSchema>;
export type PlainOpName = PlainOp['op'];
export type OpOf<Name extends PlainOpName> = Extract<PlainOp, { op: Name }>;

const names = plainOpSchema.options.map(({ shape }) => shape.op.value);
const envelope = z.object({ op: z.string() });

/** Reads one frame. Throws `MESSAGE_INVALID`, and `NOT_SUPPORTED` for an operation that is none. */
export function parsePlainOp(text: string): PlainOp {
  const frame = parseJsonExact(text);
  const { success, data } = envelope.safeParse(frame);
  if (!success) throw new RosError('MESSAGE_INVALID', 'A frame is one JSON object with a text "op".');
  if (!(names as readonly string[]).includes(data.op)) {
    throw new RosError(
      'NOT_SUPPORTED',
      `The operation ${JSON.stringify(data.op.slice(0, 64))} is not for devices, which may send: ${names.join(', ')}.`,
    );
  }
  const { data: op, error } = checked(data.op, frame);
  if (op !== undefined) return op;
  const [issue] = error.issues;
  const field = issue?.path.join('.').slice(0, 100) ?? '';
  throw new RosError(
    'MESSAGE_INVALID',
    `${data.op}: ${field === '' ? '' : `${field}: `}${issue?.message ?? 'invalid'}.`,
  );
}

/** zod looks at the length of what should be a text, whatever it is; one that is an object without a value throws. */
function checked(name: string, frame: unknown): ReturnType<typeof plainOpSchema.safeParse> {
  try {
    return plainOpSchema.safeParse(frame);
  } catch (cause) {
    throw new RosError('MESSAGE_INVALID', `${name}: a field has a length that is no number.`, { cause });
  }
}
