import { createHash } from 'node:crypto';
import { isCommand, isStop } from '@longline/line';
import type { Action, ActionKind, ReplyHeader, ReplyState, RequestHeader } from '@longline/line';
import { LonglineError } from '@longline/ros';
import type { Clock, Log } from '@longline/ros';
import { AgentError } from '../errors.ts';
import type { Answer, Handler, HandlerContext } from './handlers/Handler.ts';
import { handlers } from './handlers/index.ts';
import { MotionFrames } from './MotionFrames.ts';
import { RefusalLimit } from './RefusalLimit.ts';
import { ReplyMemory } from './ReplyMemory.ts';
import { RobotRequest } from './RobotRequest.ts';

/** Requests carried out at once; one more is refused with `AGENT_BUSY`. */
export const MAX_RUNNING = 1_000;
/** Bytes of the payloads of all of them. */
export const MAX_RUNNING_BYTES = 64 * 1024 * 1024;
/** A request that takes longer than this is answered `received` first, in milliseconds. */
const RECEIVED_AFTER_MS = 50;
/** Room beside a reply's payload in a frame. */
const FRAME_ROOM_BYTES = 128 * 1024;
const MAX_MESSAGE_LENGTH = 2_000;

/** An open line, as far as replies need it. */
export interface ReplyLine {
  reply(header: ReplyHeader, payload?: Uint8Array): void;
}

/** Codes of requests that were refused before anything was done. All other failures are `failed`. */
const refusals: ReadonlySet<string> = new Set([
  'AGENT_BUSY',
  'AGENT_STOPPED',
  'CALL_ENDED',
  'CLOCK_UNSURE',
  'COMMAND_ID_REUSED',
  'COMMAND_OUT_OF_ORDER',
  'DEFINITION_INVALID',
  'LEASE_LOST',
  'LEASE_NEEDED',
  'LEASE_STALE',
  'LIMIT_BEYOND',
  'MESSAGE_INVALID',
  'MOTION_LINE_ENDED',
  'MOTION_NOT_RESUMED',
  'NAME_INVALID',
  'NOT_ALLOWED',
  'NOT_SUPPORTED',
  'NO_SUBSCRIBER',
  'PARAMETER_INVALID',
  'PARAMETER_UNKNOWN',
  'PATTERN_INVALID',
  'PUBLISHER_LIMIT',
  'RATE_BEYOND',
  'ROS_SILENT',
  'SERVICE_ENDED',
  'SERVICE_EXISTS',
  'SERVICE_LIMIT',
  'SERVICE_UNKNOWN',
  'STANDING_LIMIT',
  'STATE_UNWRITABLE',
  'STOP_LATCHED',
  'STOP_UNDELIVERED',
  'TOPIC_UNKNOWN',
  'TYPE_MISMATCH',
  'TYPE_UNKNOWN',
]);

/** Takes requests off the line, carries each out once, and answers on the line that stands when the answer is there. */
export class RequestDispatcher {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #context: HandlerContext;
  readonly #memory = new ReplyMemory();
  readonly #frames: MotionFrames;
  readonly #frameRefusals: RefusalLimit;
  readonly #running = new Set<Promise<void>>();
  #line: ReplyLine | undefined;
  #lineEnd = new AbortController();
  #order = 0;
  #maxPayloadBytes = Number.POSITIVE_INFINITY;
  #stopped = false;
  #runningBytes = 0;

  constructor(options: { readonly clock: Clock; readonly log: Log; readonly context: HandlerContext }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#context = options.context;
    this.#frames = new MotionFrames({
      execute: (frame) => this.#executeFrame(frame),
      refuse: (frame, error) => this.#refuseFrame(frame, error),
    });
    this.#frameRefusals = new RefusalLimit(options.clock);
  }

  /** Remembers what earlier runs of the agent executed: before the first request. Never rejects. */
  async load(): Promise<void> {
    for (const [id, { fingerprint, reply, payload }] of await this.#context.executed.load()) {
      this.#memory.add(id, fingerprint);
      this.#memory.settle(reply, payload);
    }
  }

  handleLineOpen(line: ReplyLine, maxFrameBytes: number): void {
    this.#line = line;
    this.#lineEnd = new AbortController();
    this.#maxPayloadBytes = Math.max(0, maxFrameBytes - FRAME_ROOM_BYTES);
    this.#context.provided.handleLineOpen(line, this.#maxPayloadBytes);
  }

  handleLineClosed(): void {
    this.#line = undefined;
    this.#lineEnd.abort(
      new AgentError('MOTION_LINE_ENDED', 'The line that brought this motion command ended. Send it again.'),
    );
    this.#context.provided.handleLineClosed();
  }

  /** `payload` may be a view that is valid during the call only. */
  handleRequest(header: RequestHeader, payload: Uint8Array, ageMs: number): void {
    const { id, action } = header;
    const fingerprint = isCommand(action) ? fingerprintOf(action, payload) : '';
    // Frames of a stream share their ID.
    if (action.kind !== 'motion' && this.#isAnsweredAgain(id, fingerprint)) return;
    if (isCommand(action)) this.#memory.add(id, fingerprint);
    const request = new RobotRequest({
      header,
      payload: payload.slice(),
      ageMs,
      clock: this.#clock,
      order: ++this.#order,
      fingerprint,
      lineEnded: this.#lineEnd.signal,
    });
    if (action.kind === 'motion') this.#frames.handleFrame(request, action);
    else this.#begin(request);
  }

  #begin(request: RobotRequest): void {
    const bytes = request.payload.length;
    const running = this.#run(request).finally(() => {
      this.#running.delete(running);
      this.#runningBytes -= bytes;
    });
    this.#runningBytes += bytes;
    this.#running.add(running);
  }

  /** Refuses what comes from now on, and motion that has not happened yet; waits for what runs, each bounded by its own deadline. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#lineEnd.abort(stopping());
    await Promise.all(this.#running);
  }

  /** An ID that came before is answered as it was then, and refused where it asks for something else. */
  #isAnsweredAgain(id: string, fingerprint: string): boolean {
    const known = this.#memory.get(id);
    if (known === undefined) return false;
    if (known.fingerprint !== fingerprint) {
      const message = `The robot has had request ${id}, which asked for something else. Give every command its own ID.`;
      this.#line?.reply(this.#now({ id, state: 'rejected', code: 'COMMAND_ID_REUSED', message }));
    } else if (known.reply === undefined) {
      this.#line?.reply(this.#now({ id, state: 'received' }));
    } else {
      this.#line?.reply(known.reply, known.payload);
    }
    return true;
  }

  async #run(request: RobotRequest): Promise<void> {
    const { id } = request.header;
    const cancel = this.#clock.after(RECEIVED_AFTER_MS, () => this.#line?.reply(this.#now({ id, state: 'received' })));
    try {
      this.#checkRoom(request.header.action);
      this.#context.guard.checkArrival(request);
      this.#answer(id, await this.#execute(request));
    } catch (error) {
      this.#refuse(id, error);
    } finally {
      cancel();
    }
  }

  #checkRoom(action: Action): void {
    if (this.#stopped) throw stopping();
    // A stop finds room always. This request is not counted yet.
    if (isStop(action)) return;
    if (this.#running.size < MAX_RUNNING && this.#runningBytes < MAX_RUNNING_BYTES) return;
    throw new AgentError(
      'AGENT_BUSY',
      `${this.#running.size} requests of ${this.#runningBytes} bytes are being carried out; at most ${MAX_RUNNING} of ` +
        `${MAX_RUNNING_BYTES} may be. Wait for replies before sending more.`,
    );
  }

  #execute(request: RobotRequest): Promise<Answer> {
    const { action } = request.header;
    // Each handler takes the action of its own kind, which the table's type ensures; TypeScript cannot correlate the two.
    const handler = handlers[action.kind] as Handler<ActionKind>;
    return handler(action, request, this.#context);
  }

  #answer(id: string, { payload, encoding }: Answer): void {
    if (payload.length > this.#maxPayloadBytes) {
      throw new AgentError(
        'RESPONSE_INVALID',
        `The request was carried out; its answer of ${payload.length} bytes is larger than the ${this.#maxPayloadBytes} ` +
          'that fit on the line.',
      );
    }
    this.#settle(this.#now({ id, state: 'done', encoding }), payload);
  }

  async #executeFrame(frame: RobotRequest): Promise<void> {
    if (this.#stopped) throw stopping();
    this.#context.guard.checkArrival(frame);
    await this.#execute(frame);
  }

  #refuseFrame({ header: { id } }: RobotRequest, error: unknown): void {
    const reply = this.#refusal(id, error);
    if (this.#frameRefusals.passes(id, reply.code ?? '')) this.#line?.reply(reply);
  }

  #refuse(id: string, error: unknown): void {
    this.#settle(this.#refusal(id, error));
  }

  #refusal(id: string, error: unknown): ReplyHeader {
    if (!(error instanceof LonglineError)) this.#log.error({ id, err: error }, 'a request failed unexpectedly');
    const code = error instanceof LonglineError ? String(error.code) : 'INTERNAL';
    const message = error instanceof Error ? error.message : 'unknown error';
    return this.#now({
      id,
      state: stateOf(code),
      code: code.slice(0, 64),
      message: message.slice(0, MAX_MESSAGE_LENGTH),
    });
  }

  #settle(reply: ReplyHeader, payload: Uint8Array = new Uint8Array(0)): void {
    this.#memory.settle(reply, payload);
    this.#context.executed.end(reply, payload);
    this.#line?.reply(reply, payload);
  }

  /** With the robot's wall time, to the microsecond. */
  #now(reply: ReplyHeader): ReplyHeader {
    return { ...reply, robotMs: Number(this.#clock.wallNs() / 1_000n) / 1_000 };
  }
}

const stopping = (): AgentError =>
  new AgentError('AGENT_STOPPED', 'The agent is stopping. Send the request again later.');

const fingerprintOf = (action: Action, payload: Uint8Array): string =>
  createHash('sha256').update(JSON.stringify(action)).update('\0').update(payload).digest('base64');

function stateOf(code: string): ReplyState {
  if (code === 'COMMAND_EXPIRED') return 'expired';
  return refusals.has(code) ? 'rejected' : 'failed';
}
