import { parseJsonExact } from '@longline/ros';
import { z } from 'zod';
import { advertisedChannel, advertisedService, foxgloveOp, foxgloveParameter } from './FoxgloveOp.ts';
import type {
  AdvertisedChannel,
  AdvertisedService,
  FoxgloveOp,
  FoxgloveParameter,
  GraphUpdate,
  ServerInfo,
} from './FoxgloveOp.ts';
import { ownBytes } from './ownBytes.ts';

/** A service's answer. */
export interface ServiceAnswer {
  readonly encoding: string;
  readonly data: Uint8Array;
}

/** Told what a server's frames hold. */
export interface FoxgloveListener {
  handleServerInfo(info: ServerInfo): void;
  handleChannels(channels: readonly AdvertisedChannel[]): void;
  handleChannelsGone(ids: readonly number[]): void;
  handleServices(services: readonly AdvertisedService[]): void;
  handleServicesGone(ids: readonly number[]): void;
  handleGraphUpdate(update: GraphUpdate): void;
  handleParameters(parameters: readonly FoxgloveParameter[], id: string | undefined): void;
  /** `logTime` in nanoseconds; the bytes are the listener's. */
  handleMessage(subscriptionId: number, logTime: bigint, data: Uint8Array): void;
  handleServiceAnswer(callId: number, answer: ServiceAnswer): void;
  handleServiceFailure(callId: number, message: string): void;
  /** Level 0 information, 1 warning, 2 error. */
  handleStatus(level: number, message: string): void;
  /** Something that cannot be used, in words for the log. */
  handleProblem(problem: string): void;
}

const opcodes = { messageData: 1, time: 2, serviceCallResponse: 3, fetchAssetResponse: 4, playbackState: 5 } as const;
const MESSAGE_HEADER_BYTES = 13;
const SERVICE_HEADER_BYTES = 13;

const utf8 = new TextDecoder();

/** Takes a Foxglove server's frames apart. Whatever comes, it never throws: what it cannot use goes to `handleProblem`. */
export class FoxgloveDecoder {
  readonly #listener: FoxgloveListener;

  constructor(listener: FoxgloveListener) {
    this.#listener = listener;
  }

  handleText(text: string): void {
    let why: string;
    try {
      const parsed = foxgloveOp.safeParse(parseJsonExact(text));
      if (parsed.success) return this.#handleOp(parsed.data);
      why = z.prettifyError(parsed.error);
    } catch (error) {
      // Besides broken JSON: zod throws where what should be a text is an object without a value.
      why = error instanceof Error ? error.message : String(error);
    }
    this.#listener.handleProblem(`a text of ${text.length} characters was not understood: ${why.slice(0, 500)}`);
  }

  handleBinary(frame: Uint8Array): void {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
    switch (frame[0]) {
      case opcodes.messageData:
        if (frame.byteLength < MESSAGE_HEADER_BYTES) return this.#tooShort(frame);
        this.#listener.handleMessage(
          view.getUint32(1, true),
          view.getBigUint64(5, true),
          ownBytes(frame, MESSAGE_HEADER_BYTES),
        );
        return;
      case opcodes.serviceCallResponse: {
        if (frame.byteLength < SERVICE_HEADER_BYTES) return this.#tooShort(frame);
        const dataAt = SERVICE_HEADER_BYTES + view.getUint32(9, true);
        if (frame.byteLength < dataAt) return this.#tooShort(frame);
        const encoding = utf8.decode(frame.subarray(SERVICE_HEADER_BYTES, Math.min(dataAt, 100)));
        this.#listener.handleServiceAnswer(view.getUint32(5, true), { encoding, data: ownBytes(frame, dataAt) });
        return;
      }
      case opcodes.time:
      case opcodes.fetchAssetResponse:
      case opcodes.playbackState:
        // Nothing here asks for these.
        return;
      default:
        this.#listener.handleProblem(`a binary frame of ${frame.byteLength} bytes has no known opcode`);
    }
  }

  #tooShort(frame: Uint8Array): void {
    this.#listener.handleProblem(`a binary frame with opcode ${frame[0]} ends after ${frame.byteLength} bytes`);
  }

  #handleOp(op: FoxgloveOp): void {
    const listener = this.#listener;
    switch (op.op) {
      case 'serverInfo':
        return listener.handleServerInfo(op);
      case 'advertise':
        return listener.handleChannels(this.#each('channel', advertisedChannel, op.channels));
      case 'unadvertise':
        return listener.handleChannelsGone(op.channelIds);
      case 'advertiseServices':
        return listener.handleServices(this.#each('service', advertisedService, op.services));
      case 'unadvertiseServices':
        return listener.handleServicesGone(op.serviceIds);
      case 'connectionGraphUpdate':
        return listener.handleGraphUpdate(op);
      case 'parameterValues':
        return listener.handleParameters(this.#each('parameter', foxgloveParameter, op.parameters), op.id);
      case 'serviceCallFailure':
        return listener.handleServiceFailure(op.callId, op.message);
      case 'status':
        return listener.handleStatus(op.level, op.message);
      case 'removeStatus':
        return;
    }
  }

  /** The good ones. */
  #each<T>(what: string, type: z.ZodType<T>, items: readonly unknown[]): T[] {
    const good: T[] = [];
    let bad = 0;
    for (const item of items) {
      try {
        const parsed = type.safeParse(item);
        if (parsed.success) good.push(parsed.data);
        else bad++;
      } catch {
        bad++;
      }
    }
    if (bad > 0)
      this.#listener.handleProblem(`${bad} of ${items.length} entries of an advertised ${what} list are no ${what}`);
    return good;
  }
}
