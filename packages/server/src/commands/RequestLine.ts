import { defaultLimits, requestHeaderSchema } from '@longline/line';
import type { OutgoingRequest, ReplyListener } from '@longline/line';
import { ServerError } from '../errors.ts';
import type { RobotLine } from '../fleet/DeviceState.ts';
import type { ServerLimits } from '../limits.ts';

/** The line refuses higher ages (clause 5.1); a request this old is past every deadline. */
const MAX_AGE_MS = 86_400_000;
/** Room that a frame needs besides the payload of one request, in bytes. */
const FRAME_ROOM_BYTES = 256 * 1024;

/** Puts requests on robots' lines, and nothing that would end them. */
export class RequestLine {
  readonly #maxPayloadBytes: number;

  constructor(limits: ServerLimits) {
    this.#maxPayloadBytes = (limits.line.maxFrameBytes ?? defaultLimits.maxFrameBytes) - FRAME_ROOM_BYTES;
  }

  /** Throws `BODY_TOO_LARGE`, `REQUEST_INVALID`, `LINE_CLOSED`, `LIMIT_EXCEEDED`. */
  send(line: RobotLine, request: OutgoingRequest, payload: Uint8Array, listener: ReplyListener): void {
    const header = { ...request, ageMs: Math.min(request.ageMs, MAX_AGE_MS) };
    this.check(header, payload);
    line.request(header, payload, listener);
  }

  /** What the robot's end of the line would refuse must not reach it. Throws `BODY_TOO_LARGE`, `REQUEST_INVALID`. */
  check(header: OutgoingRequest, payload: Uint8Array): void {
    if (payload.length > this.#maxPayloadBytes) {
      throw new ServerError(
        'BODY_TOO_LARGE',
        `The payload has ${payload.length} bytes; a robot's line takes ${this.#maxPayloadBytes} at once. Send less.`,
        { details: { bytes: payload.length, max: this.#maxPayloadBytes } },
      );
    }
    const [issue] = requestHeaderSchema.safeParse({ ...header, sentMs: 0 }).error?.issues ?? [];
    if (issue === undefined) return;
    const field = issue.path.join('.');
    throw new ServerError('REQUEST_INVALID', `${field} of the request: ${issue.message}.`, { details: { field } });
  }
}
