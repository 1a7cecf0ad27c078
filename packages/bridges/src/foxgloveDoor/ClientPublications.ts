import type { Disposer, Encoding } from '@longline/ros';
import { DoorError } from '../door/DoorError.ts';
import type { ClientChannel } from './clientOp.ts';
import type { ReaderContext } from './ReaderContext.ts';

/** Topics that one reader advertises at a time. */
export const MAX_CLIENT_CHANNELS = 1_000;
/** Bytes of messages under way to the robot; beyond it further ones are refused. */
export const MAX_PUBLISHING_BYTES = 16 * 1024 * 1024;
/** What a message under way costs besides its bytes. */
const OVERHEAD_BYTES = 512;

const encodings: readonly Encoding[] = ['ros1', 'cdr', 'json'];

interface Publication {
  readonly topic: string;
  readonly type: string;
  readonly encoding: Encoding;
  release: Disposer | undefined;
  isEnded: boolean;
}

/** What the reader publishes: each message goes to the robot's outputs with its age, and a refusal is told. */
export class ClientPublications {
  readonly #context: ReaderContext;
  readonly #publications = new Map<number, Publication>();
  #bytes = 0;

  constructor(context: ReaderContext) {
    this.#context = context;
  }

  advertise(channels: readonly ClientChannel[]): void {
    for (const channel of channels) this.#advertise(channel);
  }

  unadvertise(ids: readonly number[]): void {
    for (const id of ids) {
      if (this.#end(id)) continue;
      this.#context.status.tell(1, 'FRAME_UNEXPECTED', `You did not advertise a channel ${id}.`, 'unadvertise');
    }
  }

  /** The bytes are valid during the call only. */
  publish(channelId: number, data: Uint8Array): void {
    const { robot, age, status } = this.#context;
    const commandAge = age.get();
    const publication = this.#publications.get(channelId);
    if (publication === undefined) {
      status.tell(2, 'FRAME_UNEXPECTED', `Advertise channel ${channelId} before you publish on it.`, 'publish');
      return;
    }
    const { topic, type, encoding } = publication;
    const bytes = data.length + OVERHEAD_BYTES;
    if (this.#bytes > 0 && this.#bytes + bytes > MAX_PUBLISHING_BYTES) {
      status.tellError(
        new DoorError('LIMIT_EXCEEDED', `Messages for ${topic} come faster than the robot takes them: publish less.`),
        topic,
      );
      return;
    }
    this.#bytes += bytes;
    robot.outputs
      .publish({ topic, ...(type === '' ? {} : { type }), encoding, data: data.slice(), ...commandAge })
      .catch((error: unknown) => status.tellError(error, topic))
      .finally(() => (this.#bytes -= bytes));
  }

  /** Idempotent. */
  close(): void {
    for (const id of [...this.#publications.keys()]) this.#end(id);
  }

  #advertise({ id, topic, schemaName: type, encoding: name }: ClientChannel): void {
    const { robot, status } = this.#context;
    const encoding = encodings.find((known) => known === name);
    if (encoding === undefined) {
      status.tell(
        2,
        'NOT_SUPPORTED',
        `${topic}: messages in ${name} are not taken; taken are ros1, cdr and json.`,
        topic,
      );
      return;
    }
    const known = this.#publications.get(id);
    if (known !== undefined) {
      if (known.topic === topic && known.type === type && known.encoding === encoding) return;
      status.tell(
        1,
        'FRAME_UNEXPECTED',
        `You advertise ${known.topic} as channel ${id} already.`,
        `advertise ${topic}`,
      );
      return;
    }
    if (this.#publications.size >= MAX_CLIENT_CHANNELS) {
      status.tell(
        2,
        'LIMIT_EXCEEDED',
        `At most ${MAX_CLIENT_CHANNELS} channels are advertised at a time.`,
        'advertise',
      );
      return;
    }
    const publication: Publication = { topic, type, encoding, release: undefined, isEnded: false };
    this.#publications.set(id, publication);
    if (type === '') return;
    robot.outputs.advertise({ topic, type }).then(
      (release) => {
        publication.release = release;
        if (publication.isEnded) release();
      },
      (error: unknown) => {
        if (!publication.isEnded) status.tellError(error, topic);
      },
    );
  }

  #end(id: number): boolean {
    const publication = this.#publications.get(id);
    if (publication === undefined) return false;
    this.#publications.delete(id);
    publication.isEnded = true;
    publication.release?.();
    return true;
  }
}
