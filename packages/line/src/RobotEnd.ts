import { schemaHash } from '@longline/ros';
import type { Clock, Disposer, Schema } from '@longline/ros';
import type { Challenge, HelloProof } from './challenge.ts';
import { ChannelReceiver } from './ChannelReceiver.ts';
import type { ChannelListener, ReceivedChannel, SharedDefinitions } from './ChannelReceiver.ts';
import type { AdvertisedChannel } from './ChannelSender.ts';
import type { DemandedChannel } from './demandRecord.ts';
import { LineError } from './errors.ts';
import type { LineClose, LineErrorCode } from './errors.ts';
import { MAX_KNOWN_SCHEMAS } from './hello.ts';
import type { AgentHello, Welcome } from './hello.ts';
import { decodeHello } from './helloRecord.ts';
import { decodeJson, encodeHeaded, encodeJson } from './jsonRecord.ts';
import { completeLimits } from './limits.ts';
import { LineEnd } from './LineEnd.ts';
import type { LineEndOptions } from './LineEnd.ts';
import type { MessageRecord } from './MessageRecord.ts';
import { OpenRequests } from './OpenRequests.ts';
import type { ReplyListener } from './OpenRequests.ts';
import type { PathEstimate } from './Pacer.ts';
import type { RecordKindName } from './recordKinds.ts';
import { reportSchema } from './reportRecord.ts';
import type { LineReport } from './reportRecord.ts';
import { robotStatusSchema } from './requestRecords.ts';
import type { RequestHeader, RobotStatus } from './requestRecords.ts';
import { MOST_COPIED_BYTES } from './SocketPlan.ts';

/** What the server does with what a robot's line brings. */
export interface RobotEndHandlers extends ChannelListener {
  /** An agent asks to be let in. Look at the proof now, and answer with `welcome()` or `close()`, now or later. */
  handleHello(hello: AgentHello, proof: HelloProof): void;
  /** The record is a view into its frame: copy what outlives the call. Unadvertised channels end the line before this. */
  handleMessage(channel: AdvertisedChannel, record: MessageRecord): void;
  handleStatus(status: RobotStatus): void;
  /** How the line is doing, as only the agent knows (clause 6.2). Optional. */
  handleReport?(report: LineReport): void;
  /** A packed record of `packedBytes` stood for message records of `bytes`. Optional. */
  handleUnpacked?(packedBytes: number, bytes: number): void;
  /** The clocks were compared anew: `clockEstimate()` is another. Optional. */
  handleClock?(): void;
  handleClosed(close: LineClose): void;
}

const lineNotOpen = (): LineError => new LineError('LINE_CLOSED', 'the line to the robot is not open');

/** A request as its maker gives it; the line adds the time of sending. */
export type OutgoingRequest = Omit<RequestHeader, 'sentMs'>;

/** A welcome as the server gives it; the line adds its own. */
export interface RobotWelcome extends Omit<Welcome, 'maxFrameBytes' | 'features' | 'schemas'> {
  /** Definitions that the server has of this device from earlier lines. */
  readonly knownSchemas?: readonly Schema[];
}

/**
 * The server's end of a robot's line, without I/O. A further socket of a line (clause 2.7) begins as an end of its own and is
 * then given to the line's first one.
 */
export class RobotEnd extends LineEnd {
  readonly #clock: Clock;
  readonly #handlers: RobotEndHandlers;
  readonly #channels: ChannelReceiver;
  readonly #zstd: boolean;
  /** Made with the first request, as most of what only few robots need. */
  #openRequests: OpenRequests | undefined;
  /** Until it is answered. */
  #challenge: Challenge | undefined;
  /** Of the hello: the IDs of the agent's run and of the line, and whether it offers zstd. */
  #boot: string | undefined;
  #lineId: string | undefined;
  #offersZstd = false;
  /** The first socket of the line that this is a further one of. */
  #first: RobotEnd | undefined;
  /** Further sockets of this line. */
  #further: Map<number, RobotEnd> | undefined;
  /** It has or had further sockets: messages may come twice. */
  #mayRepeat = false;

  constructor(
    options: LineEndOptions<RobotEndHandlers> & {
      /** The first word, for the agent's hello to answer; its nonce must be new on every connection (clause 2.8). */
      readonly challenge: Challenge;
      /** What is equal in many lines is kept once. */
      readonly shared?: SharedDefinitions;
    },
  ) {
    const limits = completeLimits(options.limits);
    super(options, limits);
    this.#clock = options.clock;
    this.#handlers = options.handlers;
    this.#zstd = options.zstd !== undefined;
    this.#channels = new ChannelReceiver(limits, options.handlers, options.shared);
    this.#challenge = options.challenge;
  }

  /** The transport is connected: the server speaks first. */
  handleOpen(): void {
    if (this.#challenge !== undefined) this.line.send('challenge', [encodeJson(this.#challenge)], true);
  }

  /** Lets the agent in. Does nothing when the line has ended meanwhile. */
  welcome({ knownSchemas = [], ...welcome }: RobotWelcome): void {
    if (this.line.state !== 'greeting') return;
    const known = knownSchemas.slice(0, MAX_KNOWN_SCHEMAS);
    this.#channels.handleKnown(known);
    const schemas = known.length === 0 ? {} : { schemas: known.map(schemaHash) };
    const features = this.#zstd && this.#offersZstd ? ['zstd'] : [];
    const { maxFrameBytes } = this.line.limits;
    this.line.send('welcome', [encodeJson({ ...welcome, ...schemas, maxFrameBytes, features })], true);
    this.line.open();
  }

  /** Whether a hello names a further socket of this line. */
  isLineOf(hello: AgentHello): boolean {
    return this.#boot === hello.boot && this.#lineId === hello.line && hello.socket > 0;
  }

  /** Takes in a further socket of this line, which has said hello and is let in, in place of an older one of that number. */
  addSocket(socket: RobotEnd, index: number, welcome: RobotWelcome): void {
    if (this.line.state !== 'open') {
      socket.close('LINE_UNKNOWN', 'the line of this socket is not open');
      return;
    }
    this.#further ??= new Map();
    const older = this.#further.get(index);
    this.#mayRepeat = true;
    // The newest stands last.
    this.#further.delete(index);
    this.#further.set(index, socket);
    older?.close('LINE_CLOSED', 'a newer socket took its place');
    socket.#first = this;
    socket.line.shareParts(this.line);
    socket.welcome(welcome);
  }

  /** Sockets of this line, this one included. */
  get sockets(): number {
    return 1 + (this.#further?.size ?? 0);
  }

  /** What is known of the path to the robot. */
  get path(): PathEstimate {
    return this.line.pacer.estimate;
  }

  /** Sends a request to the robot and tells the listener what becomes of it. Throws `LINE_CLOSED`, `LIMIT_EXCEEDED`. */
  request(request: OutgoingRequest, payload: Uint8Array, listener: ReplyListener): void {
    if (this.line.state !== 'open') throw lineNotOpen();
    this.#requests.add(request, listener);
    this.#send(request, payload);
  }

  /**
   * Begins a motion stream: the listener hears the refusals of the frames that {@link motion} sends under this ID. Throws
   * `LINE_CLOSED`, `LIMIT_EXCEEDED`.
   */
  openStream(id: string, listener: ReplyListener): Disposer {
    if (this.line.state !== 'open') throw lineNotOpen();
    return this.#requests.openStream(id, listener);
  }

  /** Sends one frame of a motion stream (clause 5.10). Throws `LINE_CLOSED`. */
  motion(frame: OutgoingRequest, payload: Uint8Array): void {
    if (this.line.state !== 'open') throw lineNotOpen();
    this.#send(frame, payload);
  }

  /** Tells the robot which of its `watched` channels are looked at (clause 3.5); nothing once the line ended. */
  demand(channels: readonly DemandedChannel[]): void {
    if (this.line.state === 'open') this.line.send('demand', [encodeJson({ channels })], true);
  }

  #send(request: OutgoingRequest, payload: Uint8Array): void {
    // The payload may be a view into a frame, and may have to wait.
    const kept = payload.length > this.line.cutBytes ? payload.slice() : payload;
    const head = encodeHeaded({ ...request, sentMs: this.#clock.monotonicMs() });
    const body = [head, kept];
    this.line.sendLarge('request', body, true);
    if (head.length + payload.length > MOST_COPIED_BYTES) return;
    // The path is one that loses packets, else there were no further sockets: the first copy counts.
    const newest = [...(this.#further?.values() ?? [])].at(-1);
    newest?.line.send('request', body, true);
  }

  get #requests(): OpenRequests {
    return (this.#openRequests ??= new OpenRequests(this.#clock, this.line.limits));
  }

  close(code: LineErrorCode, message: string): void {
    this.line.close(code, message);
  }

  override handleClosed(close: LineClose): void {
    if (this.#first !== undefined) this.#first.#removeSocket(this);
    this.#handlers.handleClosed(close);
    this.#openRequests?.handleClosed();
    for (const socket of [...(this.#further?.values() ?? [])]) socket.close('LINE_CLOSED', 'the line ended');
  }

  handleClock(): void {
    if (this.#first === undefined) this.#handlers.handleClock?.();
  }

  override handleMessage(record: MessageRecord): void {
    if (this.#first !== undefined) {
      this.#first.#handleFurther(record);
      return;
    }
    const channel = this.#channels.get(record.channelId);
    if (channel === undefined) {
      throw new LineError('FRAME_UNEXPECTED', `a message came on channel ${record.channelId}, which is not advertised`);
    }
    this.#take(channel, record);
  }

  #removeSocket(socket: RobotEnd): void {
    for (const [index, further] of this.#further ?? []) if (further === socket) this.#further?.delete(index);
  }

  /** A message came on a further socket: its channel may be gone meanwhile. */
  #handleFurther(record: MessageRecord): void {
    const channel = this.#channels.get(record.channelId);
    if (channel !== undefined && this.line.state === 'open') this.#take(channel, record);
  }

  /** Of messages that come on several sockets the first copy counts, and none that a newer one has overtaken. */
  #take(channel: ReceivedChannel, record: MessageRecord): void {
    const { sequence } = record;
    const { lastSequence } = channel;
    // Sequences wrap: newer is less than half a turn ahead.
    if (this.#mayRepeat && lastSequence !== undefined && ((sequence - lastSequence) | 0) <= 0) return;
    channel.lastSequence = sequence;
    this.#handlers.handleMessage(channel.advertised, record);
  }

  /** For {@link LineCore}. */
  handleUnpacked(packedBytes: number, bytes: number): void {
    this.#handlers.handleUnpacked?.(packedBytes, bytes);
  }

  override handleRecord(kind: RecordKindName, body: Uint8Array): void {
    const { maxJsonBytes } = this.line.limits;
    if (this.line.state === 'greeting') {
      const challenge = this.#challenge;
      if (kind !== 'hello' || challenge === undefined)
        throw new LineError('FRAME_UNEXPECTED', `a ${kind} came before the welcome`);
      // One answer to each.
      this.#challenge = undefined;
      const { hello, proof } = decodeHello(body, challenge);
      this.#boot = hello.boot;
      this.#lineId = hello.line;
      this.#offersZstd = hello.features.includes('zstd');
      this.#handlers.handleHello(hello, proof);
      return;
    }
    if (this.#first !== undefined) {
      if (kind !== 'reply') throw new LineError('FRAME_UNEXPECTED', `an agent sends no ${kind} on a further socket`);
      this.#first.#requests.handleReply(body);
      return;
    }
    if (this.#channels.handleRecord(kind, body)) return;
    switch (kind) {
      case 'reply':
        return this.#requests.handleReply(body);
      case 'status':
        return this.#handlers.handleStatus(decodeJson(kind, body, robotStatusSchema, maxJsonBytes));
      case 'report':
        return this.#handlers.handleReport?.(decodeJson(kind, body, reportSchema, maxJsonBytes));
      default:
        throw new LineError('FRAME_UNEXPECTED', `an agent sends no ${kind} on an open line`);
    }
  }
}
