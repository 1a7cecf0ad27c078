import { replyError } from '@longline/line';
import type { Action, Reply } from '@longline/line';
import type { Advertisement, Disposer } from '@longline/ros';
import type { FleetView } from '../access/FleetView.ts';
import type { RobotRequests } from '../commands/RobotRequests.ts';
import { ServerError } from '../errors.ts';
import { readerGone } from './doorErrors.ts';

/** Topics that one reader has advertised at a time, each time counted. */
export const MAX_HELD_TOPICS = 256;
const nothing = new Uint8Array(0);

/** The topics that one reader of a door advertised: ROS knows them (clause 5.14) until the reader is gone. */
export class HeldTopics {
  readonly #device: string;
  readonly #view: FleetView;
  readonly #requests: RobotRequests;
  #held = 0;
  #closed = false;

  constructor(options: { readonly device: string; readonly view: FleetView; readonly requests: RobotRequests }) {
    this.#device = options.device;
    this.#view = options.view;
    this.#requests = options.requests;
  }

  /** Resolves when ROS knows it. Rejects with `TOO_MANY_REQUESTS`, and what the robot says. */
  async advertise({ topic, type, latched }: Advertisement): Promise<Disposer> {
    if (this.#closed) throw readerGone();
    if (this.#held >= MAX_HELD_TOPICS) throw tooMany();
    this.#held++;
    const optional = { ...(type === '' ? {} : { type }), ...(latched === undefined ? {} : { latched }) };
    const reply = await this.#ask({ kind: 'topic.advertise', topic, holder: 'door', ...optional });
    if (reply.state !== 'done') {
      this.#held--;
      throw replyError(reply);
    }
    let isHeld = true;
    return () => {
      if (!isHeld || this.#closed) return;
      isHeld = false;
      this.#held--;
      void this.#ask({ kind: 'topic.unadvertise', topic, holder: 'door' });
    };
  }

  /** The reader is gone. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#requests.endOwner(this);
  }

  #ask(action: Action): Promise<Reply> {
    const { principal } = this.#view;
    return this.#requests.request({ device: this.#device, principal, action, payload: nothing, owner: this });
  }
}

const tooMany = (): ServerError =>
  new ServerError(
    'TOO_MANY_REQUESTS',
    `${MAX_HELD_TOPICS} topics are advertised over this connection, and no more are taken. Unadvertise some.`,
  );
