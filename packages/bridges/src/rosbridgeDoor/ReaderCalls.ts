import { codecFor, RosError, stringifyExact } from '@longline/ros';
import { DoorError } from '../door/DoorError.ts';
import type { ClientId, OpOf } from './ClientOp.ts';
import type { DoorReader } from './DoorReader.ts';
import { ageNow } from './FrameArrival.ts';
import type { FrameArrival } from './FrameArrival.ts';
import { answerFrames } from './answerFrames.ts';
import { resolveName } from './resolveName.ts';
import { callRosapi, isRosapi } from './rosapi/callRosapi.ts';
import { schemaLayout } from './schemaLayout.ts';
import { refusalText } from './StatusTeller.ts';

/** Calls of one reader that are open at a time. */
export const MAX_OPEN_CALLS = 100;
/** How long a call waits where the client says nothing, in milliseconds. */
const DEFAULT_CALL_MS = 5_000;
/** How long it waits at most, whatever the client says, in milliseconds. */
export const MAX_CALL_MS = 600_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The services that one reader calls. They run beside each other and hold up nothing else. */
export class ReaderCalls {
  readonly #reader: DoorReader;
  #open = 0;
  #fragmented = 0;

  constructor(reader: DoorReader) {
    this.#reader = reader;
  }

  call(op: OpOf<'call_service'>, arrival: FrameArrival): void {
    if (this.#open >= MAX_OPEN_CALLS) {
      const error = new DoorError(
        'LIMIT_EXCEEDED',
        `${MAX_OPEN_CALLS} calls of this connection are open. Wait for answers before calling again.`,
      );
      this.#reader.statuses.refuse(error, { about: op.service, id: op.id });
      this.#answer(op, JSON.stringify(refusalText(error)), false);
      return;
    }
    this.#open++;
    void this.#call(op, arrival).finally(() => this.#open--);
  }

  async #call(op: OpOf<'call_service'>, arrival: FrameArrival): Promise<void> {
    let values: string;
    let result = true;
    try {
      // "service#id" is how clients of the first protocol gave an ID.
      const service = resolveName(op.service.split('#')[0] ?? '');
      values = isRosapi(service)
        ? await callRosapi(this.#reader, service, op.args, arrival)
        : await this.#callRobot(service, op, arrival);
    } catch (error) {
      result = false;
      values = JSON.stringify(refusalText(error));
      this.#reader.log.debug({ service: op.service, error }, 'a call through the rosbridge door failed');
    }
    this.#answer(op, values, result);
  }

  async #callRobot(service: string, op: OpOf<'call_service'>, arrival: FrameArrival): Promise<string> {
    const { robot, clock } = this.#reader;
    const args = Array.isArray(op.args) ? await this.#named(service, op.args) : (op.args ?? {});
    const answer = await robot.outputs.callService({
      service,
      encoding: 'json',
      data: encoder.encode(stringifyExact(args)),
      deadlineMs: deadlineMs(op.timeout),
      ...ageNow(arrival, clock.monotonicMs()),
    });
    const text = decoder.decode(answer);
    // rosbridge writes null for what is no number; only the definition tells it from text of the same letters.
    if (!/"(?:NaN|-?Infinity)"/.test(text)) return text;
    const { response } = await this.#reader.graphView.serviceSchema(service);
    const codec = codecFor(response, 'json');
    return codec.toJson(codec.fromJson(text), { nonFinite: 'null' });
  }

  /** Arguments by position. */
  async #named(service: string, args: readonly unknown[]): Promise<Record<string, unknown>> {
    if (args.length === 0) return {};
    const { request } = await this.#reader.graphView.serviceSchema(service);
    const names = schemaLayout(request).fields.map(({ name }) => name);
    if (args.length > names.length) {
      throw new RosError(
        'MESSAGE_INVALID',
        `${service} has ${names.length} arguments (${names.join(', ')}), and ${args.length} came.`,
        { details: { service, expected: names.length, actual: args.length } },
      );
    }
    return Object.fromEntries(args.map((value, index) => [names[index] ?? '', value]));
  }

  #answer(op: OpOf<'call_service'>, values: string, result: boolean): void {
    const id = idMember(op.id);
    const service = JSON.stringify(op.service);
    const text = `{"op":"service_response",${id}"service":${service},"values":${values},"result":${result}}`;
    const key = `service_response:${this.#fragmented++}`;
    for (const frame of answerFrames(text, op.compression, op.fragment_size, key)) this.#reader.send(frame);
  }
}

/** `"id":...,` as the client gave it; nothing where it gave none. */
export const idMember = (id: ClientId | undefined): string => (id === undefined ? '' : `"id":${stringifyExact(id)},`);

function deadlineMs(timeoutSeconds: number | null | undefined): number {
  if (timeoutSeconds === undefined || timeoutSeconds === null) return DEFAULT_CALL_MS;
  if (!(timeoutSeconds > 0)) return MAX_CALL_MS;
  return Math.min(Math.max(1, Math.ceil(timeoutSeconds * 1_000)), MAX_CALL_MS);
}
