import type { Action } from '@longline/line';
import { AgentError } from '../errors.ts';
import type { RobotRequest } from './RobotRequest.ts';

/** Topics on which frames are under way at once; one more is refused with `AGENT_BUSY`. */
export const MAX_MOVING_TOPICS = 200;
/** Bytes of all frames under way. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;

interface MovingTopic {
  waiting: RobotRequest | undefined;
}

type Execute = (frame: RobotRequest) => Promise<unknown>;

/**
 * Takes the frames of motion streams (clause 5.10): of each topic one is under way, and the newest waits; what it replaces
 * would come too late anyway.
 */
export class MotionFrames {
  readonly #execute: Execute;
  readonly #refuse: (frame: RobotRequest, error: unknown) => void;
  readonly #topics = new Map<string, MovingTopic>();
  #bytes = 0;

  constructor(options: { readonly execute: Execute; readonly refuse: (frame: RobotRequest, error: unknown) => void }) {
    this.#execute = options.execute;
    this.#refuse = options.refuse;
  }

  /** Bytes of the frames under way. */
  get bytes(): number {
    return this.#bytes;
  }

  handleFrame(frame: RobotRequest, action: Extract<Action, { kind: 'motion' }>): void {
    const moving = this.#topics.get(action.topic);
    if (moving !== undefined && !isNewer(frame, moving.waiting)) return;
    const bytes = frame.payload.length - (moving?.waiting?.payload.length ?? 0);
    if (this.#bytes + bytes > MAX_FRAME_BYTES || (moving === undefined && this.#topics.size >= MAX_MOVING_TOPICS)) {
      this.#refuse(
        frame,
        new AgentError(
          'AGENT_BUSY',
          `Frames on ${this.#topics.size} topics, of ${this.#bytes} bytes, are under way; at most ${MAX_MOVING_TOPICS} of ` +
            `${MAX_FRAME_BYTES} may be. Send fewer.`,
        ),
      );
      return;
    }
    this.#bytes += bytes;
    if (moving !== undefined) moving.waiting = frame;
    else void this.#move(action.topic, frame);
  }

  async #move(topic: string, first: RobotRequest): Promise<void> {
    const moving: MovingTopic = { waiting: undefined };
    this.#topics.set(topic, moving);
    for (let frame: RobotRequest | undefined = first; frame !== undefined; frame = moving.waiting) {
      moving.waiting = undefined;
      try {
        await this.#execute(frame);
      } catch (error) {
        this.#refuse(frame, error);
      }
      this.#bytes -= frame.payload.length;
    }
    this.#topics.delete(topic);
  }
}

/** Frames that travelled twice may overtake each other. */
const isNewer = ({ header }: RobotRequest, waiting: RobotRequest | undefined): boolean =>
  waiting === undefined ||
  header.token > waiting.header.token ||
  (header.token === waiting.header.token && header.sequence > waiting.header.sequence);
