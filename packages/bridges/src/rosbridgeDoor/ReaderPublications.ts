import { sameType, stringifyExact } from '@longline/ros';
import type { Disposer, StructLayout } from '@longline/ros';
import { DoorError } from '../door/DoorError.ts';
import type { ClientId, OpOf } from './ClientOp.ts';
import type { DoorReader } from './DoorReader.ts';
import { fillTimes } from './fillTimes.ts';
import { ageNow } from './FrameArrival.ts';
import type { FrameArrival } from './FrameArrival.ts';
import { typeMismatch } from './ReaderSubscription.ts';
import { resolveName } from './resolveName.ts';
import { findLayout } from './schemaLayout.ts';

/** Topics that one reader advertises at a time. */
export const MAX_READER_ADVERTISEMENTS = 256;
/** IDs under which a reader advertises one topic. */
const MAX_IDS = 100;
/** Messages of one reader that are on their way to the robot. */
export const MAX_PUBLISHES_UNDER_WAY = 1_000;
/** Their characters. */
export const MAX_PUBLISHING_LENGTH = 32 * 1024 * 1024;

/** A header that may lack its stamp, or the text that stands for the time. */
const mayLackTimes = /"(?:now|header|frame_id)"/;
const encoder = new TextEncoder();

interface Advertised {
  readonly type: string;
  latched: boolean;
  readonly ids: Set<ClientId | undefined>;
  /** Settles when the definition is known or cannot be had. */
  ready: Promise<void>;
  isReady: boolean;
  /** Messages that wait for it. */
  waiting: number;
  dispose: Disposer | undefined;
  isOver: boolean;
  layout: StructLayout | undefined;
}

/** What one reader advertises and publishes. Everything goes through the robot's outputs, in the order in which it came. */
export class ReaderPublications {
  readonly #reader: DoorReader;
  /** By full name. */
  readonly #advertised = new Map<string, Advertised>();
  #underWay = 0;
  #length = 0;

  constructor(reader: DoorReader) {
    this.#reader = reader;
  }

  /** Throws `NAME_INVALID`, `TYPE_MISMATCH`, `LIMIT_EXCEEDED`. */
  advertise(op: OpOf<'advertise'>): void {
    const topic = resolveName(op.topic);
    const known = this.#advertised.get(topic);
    const actual = known?.type ?? this.#reader.robot.channels.find(topic)?.schema.name ?? '';
    if (actual !== '' && !sameType(actual, op.type)) throw typeMismatch(topic, actual, op.type);
    if (known !== undefined) {
      if (known.ids.size < MAX_IDS) known.ids.add(op.id);
      known.latched ||= op.latch === true;
      return;
    }
    if (this.#advertised.size >= MAX_READER_ADVERTISEMENTS) {
      throw new DoorError(
        'LIMIT_EXCEEDED',
        `One connection advertises at most ${MAX_READER_ADVERTISEMENTS} topics. Unadvertise some.`,
      );
    }
    const made: Advertised = {
      type: op.type,
      latched: op.latch === true,
      ids: new Set([op.id]),
      ready: Promise.resolve(),
      isReady: false,
      waiting: 0,
      dispose: undefined,
      isOver: false,
      layout: undefined,
    };
    made.ready = this.#reader.graphView.messageSchema(op.type).then(
      (schema) => {
        made.layout = findLayout(schema);
        made.isReady = true;
      },
      () => {
        made.isReady = true;
      },
    );
    this.#advertised.set(topic, made);
    const advertised = this.#tellRobot(topic, made, op.id);
    this.#reader.graphView.change(advertised);
  }

  /** Without an ID all registrations; what is not there is gone already. Throws `NAME_INVALID`. */
  unadvertise(name: string, id: ClientId | undefined): void {
    const topic = resolveName(name);
    const known = this.#advertised.get(topic);
    if (known === undefined) return;
    known.ids.delete(id);
    if (id !== undefined && known.ids.size > 0) return;
    this.#advertised.delete(topic);
    known.isOver = true;
    known.dispose?.();
    this.#reader.graphView.forget();
  }

  /** Throws `NAME_INVALID`, `TYPE_MISMATCH`, `LIMIT_EXCEEDED`; what fails later is told with the op's ID. */
  publish(op: OpOf<'publish'>, arrival: FrameArrival): void {
    const topic = resolveName(op.topic);
    const known = this.#advertised.get(topic);
    if (known !== undefined && op.type !== undefined && !sameType(known.type, op.type)) {
      throw typeMismatch(topic, known.type, op.type);
    }
    if (this.#underWay >= MAX_PUBLISHES_UNDER_WAY || this.#length > MAX_PUBLISHING_LENGTH) {
      throw new DoorError(
        'LIMIT_EXCEEDED',
        `${this.#underWay} messages of this connection are still on their way to the robot. Publish less often.`,
        { details: { topic } },
      );
    }
    const text = stringifyExact(op.msg ?? {});
    if (known === undefined || known.isReady || (known.waiting === 0 && !mayLackTimes.test(text))) {
      this.#track(topic, op.id, arrival.length, this.#send(topic, op, known, text, arrival));
      return;
    }
    // What may lack its stamp waits for the definition, and what follows stays behind it: the promise keeps their order.
    known.waiting++;
    const sent = known.ready.then(() => {
      known.waiting--;
      return this.#send(topic, op, known, text, arrival);
    });
    this.#track(topic, op.id, arrival.length, sent);
  }

  async #tellRobot(topic: string, made: Advertised, id: ClientId | undefined): Promise<void> {
    const { robot, statuses } = this.#reader;
    try {
      const { type, latched } = made;
      const dispose = await robot.outputs.advertise({ topic, type, latched });
      if (made.isOver) dispose();
      else made.dispose = dispose;
    } catch (error) {
      statuses.refuse(error, { about: topic, id });
    }
  }

  async #send(
    topic: string,
    op: OpOf<'publish'>,
    known: Advertised | undefined,
    text: string,
    arrival: FrameArrival,
  ): Promise<void> {
    const { robot, clock } = this.#reader;
    const filled = mayLackTimes.test(text) ? this.#filled(topic, op.msg, known) : op.msg;
    await robot.outputs.publish({
      topic,
      type: known?.type ?? op.type,
      latched: known?.latched ?? op.latch,
      encoding: 'json',
      data: encoder.encode(filled === op.msg ? text : stringifyExact(filled)),
      ...ageNow(arrival, clock.monotonicMs()),
    });
  }

  #filled(topic: string, msg: unknown, known: Advertised | undefined): unknown {
    const { robot } = this.#reader;
    const channel = known === undefined ? robot.channels.find(topic) : undefined;
    const layout = known?.layout ?? (channel === undefined ? undefined : findLayout(channel.schema));
    return layout === undefined ? msg : fillTimes(layout, msg, robot.nowNs());
  }

  #track(topic: string, id: ClientId | undefined, length: number, sent: Promise<void>): void {
    this.#underWay++;
    this.#length += length;
    const end = (): void => {
      this.#underWay--;
      this.#length -= length;
    };
    sent.then(end, (error: unknown) => {
      end();
      this.#reader.statuses.refuse(error, { about: topic, id });
    });
  }
}
