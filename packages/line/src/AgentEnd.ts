import type { Clock, MessageParts } from '@longline/ros';
import { AgentGreeting } from './AgentGreeting.ts';
import type { AgentSocket, AgentSocketOwner } from './AgentSocket.ts';
import { AgentSockets, COPY_SOCKET } from './AgentSockets.ts';
import type { LineEndpoint } from './bindWebSocket.ts';
import type { HelloSigner } from './challenge.ts';
import { ChannelSender } from './ChannelSender.ts';
import type { AdvertisedChannel } from './ChannelSender.ts';
import type { Lane } from './channelRecords.ts';
import { Copies } from './Copies.ts';
import { demandSchema } from './demandRecord.ts';
import type { DemandedChannel } from './demandRecord.ts';
import { LineError } from './errors.ts';
import type { LineClose } from './errors.ts';
import type { FrameBuilder } from './FrameBuilder.ts';
import type { AgentHello, Welcome } from './hello.ts';
import { decodeHeaded, decodeJson, encodeHeaded, encodeJson } from './jsonRecord.ts';
import { defaultLimits } from './limits.ts';
import { LineEnd } from './LineEnd.ts';
import type { LineEndOptions } from './LineEnd.ts';
import type { FillOptions, Outbox, OutboxListener } from './Outbox.ts';
import type { FramePacking } from './packed/FramePacking.ts';
import { LinePacking } from './packed/LinePacking.ts';
import type { Zstd } from './packed/Zstd.ts';
import type { PathEstimate } from './Pacer.ts';
import { RecentRequests } from './RecentRequests.ts';
import { MESSAGE_HEADER_BYTES, RECORD_HEADER_BYTES } from './recordKinds.ts';
import type { RecordKindName } from './recordKinds.ts';
import type { LineReport } from './reportRecord.ts';
import { requestHeaderSchema } from './requestRecords.ts';
import type { ReplyHeader, RequestHeader, RobotStatus } from './requestRecords.ts';
import { MOST_COPIED_BYTES, SocketPlan } from './SocketPlan.ts';
import type { Transport } from './Transport.ts';

/** What the agent does with what its line brings. */
export interface AgentEndHandlers {
  /** The line is open: advertise the channels and tell the status. */
  handleWelcome(welcome: Welcome): void;
  /** `ageMs` is the request's age now, never less than the truth. `payload` is valid during the call only. */
  handleRequest(request: RequestHeader, payload: Uint8Array, ageMs: number): void;
  /** The server says which `watched` channels are looked at (clause 3.5). Optional. */
  handleDemand?(channels: readonly DemandedChannel[]): void;
  /** The line wants one more socket: dial the server again and give the connection to `attach`. Optional. */
  handleSocketWanted?(attach: (transport: Transport) => LineEndpoint): void;
  /** A message left, copies not counted. Optional. */
  handleSent?(lane: Lane, bytes: number): void;
  handleClosed(close: LineClose): void;
}

/** How an agent's line is doing. */
export interface AgentLineState extends PathEstimate {
  /** Open sockets, the first included. */
  readonly sockets: number;
  /** Small urgent messages travel twice. */
  readonly copies: boolean;
}

const DROP_REPORT_MS = 1_000;
/** A lane that got no turn for so long, or for a hundred chunks, gets one, in milliseconds. */
const STARVED_MS = 1_000;
const STARVED_CHUNKS = 100;
/**
 * Up to this share of the path's rate urgent messages do not wait for the window, unless more of them are under way than such
 * a share can be: in so many round trips, and in so long, in milliseconds.
 */
const LITTLE_SHARE = 0.4;
const LITTLE_ROUND_TRIPS = 3;
const LITTLE_MS = 200;

interface Known {
  /** The other side knows the channel once so many bytes of the first socket are acknowledged. */
  readonly endBytes: number;
  readonly inOrder: boolean;
}

/**
 * The robot's end of a line, without I/O. One per line; the outbox outlives it.
 *
 * A line begins with one socket. {@link SocketPlan} says when the path rewards more: then bulk data moves to the third and
 * fourth, and small urgent messages travel on the first and, a second time, on the second.
 */
export class AgentEnd extends LineEnd implements AgentSocketOwner {
  readonly #clock: Clock;
  readonly #greeting: AgentGreeting;
  readonly #outbox: Outbox;
  readonly #handlers: AgentEndHandlers;
  readonly #channels: ChannelSender;
  readonly #plan = new SocketPlan();
  readonly #copies: Copies;
  readonly #zstd: Zstd | undefined;
  /** From the welcome on, and of the first socket. */
  #packing: LinePacking | undefined;
  #framePacking: FramePacking | undefined;
  readonly #recentRequests = new RecentRequests();
  readonly #known = new Map<number, Known>();
  readonly #sockets: AgentSockets;
  /** What the first socket's frames take. */
  readonly #urgent: OutboxListener;
  /** What those of sockets for bulk data take. */
  readonly #bulk: OutboxListener;
  #dropsReportedMs = Number.NEGATIVE_INFINITY;
  /** The owner had its say after the welcome: the channels are advertised, so messages may follow. */
  #ready = false;
  #pumping = false;
  /** About what the message taken last takes on the way, where it was packed. */
  #placedBytes: number | undefined;
  /** When the frame being filled was begun: the clock is read once for all messages in it. */
  #filledMs = 0;

  constructor(
    options: LineEndOptions<AgentEndHandlers> & {
      readonly hello: AgentHello;
      readonly outbox: Outbox;
      /** Of a robot that joined a server. Without it the hello is not signed, and a locked server refuses. */
      readonly signer?: HelloSigner | undefined;
    },
  ) {
    const limits = { ...defaultLimits, ...options.limits };
    super(options, limits, options.outbox.nextTransfer);
    this.#clock = options.clock;
    this.#outbox = options.outbox;
    this.#handlers = options.handlers;
    this.#channels = new ChannelSender(this.line);
    this.#copies = new Copies(this.line);
    this.#zstd = options.zstd;
    const { clock, hello, signer, handlers } = options;
    const features = this.#zstd === undefined ? [] : ['zstd'];
    this.#greeting = new AgentGreeting({ core: this.line, hello: { ...hello, features }, signer });
    this.#sockets = new AgentSockets({
      line: this.line,
      plan: this.#plan,
      clock,
      limits,
      hello,
      signer,
      owner: this,
      handleWanted: handlers.handleSocketWanted?.bind(handlers),
      handleLook: () => this.#pump(),
    });
    this.#bulk = {
      handleTaken: (id, lane, message) => this.#handleTaken(id, lane, message),
      handlePart: (lane, bytes) => this.#handleLeft(lane, bytes),
      packLarge: (id, message) => this.#packing?.packLarge(id, message),
    };
    this.#urgent = {
      ...this.#bulk,
      place: (id, message) => this.#place(id, message),
      placedBytes: () => this.#framePacking?.bytes ?? 0,
    };
  }

  /** How the line is doing. */
  get lineState(): AgentLineState {
    const { pacer } = this.line;
    return {
      ...pacer.estimate,
      sockets: this.#sockets.cores.length,
      copies: this.#sockets.forCopies !== undefined && this.#plan.copies(pacer.bytesPerMs, this.#clock.monotonicMs()),
    };
  }

  /** The transport is connected, and it may say hello. The challenge may have come already. */
  handleOpen(): void {
    this.#greeting.handleOpen();
  }

  advertise(channels: readonly AdvertisedChannel[]): void {
    this.#channels.advertise(channels);
    const endBytes = this.line.pendingEndBytes;
    for (const { id, delivery } of channels) this.#known.set(id, { endBytes, inOrder: delivery !== 'latest' });
    this.line.flushSoon();
  }

  unadvertise(ids: readonly number[]): void {
    this.#channels.unadvertise(ids);
    for (const id of ids) {
      this.#known.delete(id);
      this.#packing?.forget(id);
    }
  }

  /** Something was pushed into the outbox: it leaves within the batching delay, at once where `urgent`. */
  handleQueued(urgent = false): void {
    if (this.line.state !== 'open') return;
    if (urgent || this.#outbox.bytes >= this.line.limits.batchBytes) this.#pump();
    else this.line.flushSoon();
  }

  sendStatus(status: RobotStatus): void {
    this.line.send('status', [encodeJson(status)]);
  }

  /** Tells how the line is doing, as only this side knows (clause 6.2). */
  sendReport(report: LineReport): void {
    this.line.send('report', [encodeJson(report)]);
  }

  /** Answers a request. `received` first where the work takes time, then one final state. */
  reply(header: ReplyHeader, payload: Uint8Array = new Uint8Array(0)): void {
    const head = encodeHeaded(header);
    const body = [head, payload];
    this.line.sendLarge('reply', body, true);
    if (head.length + payload.length <= MOST_COPIED_BYTES) this.#sockets.forCopies?.core.send('reply', body, true);
  }

  close(message = 'the agent stops'): void {
    this.line.close('LINE_CLOSED', message);
  }

  /** There may be room again, on this socket or another of the line. */
  override handleRoom(): void {
    this.#pump();
  }

  /** For {@link AgentSocket}. */
  handleSocketOpen(socket: AgentSocket): void {
    if (this.line.state !== 'open') socket.core.close('LINE_CLOSED', 'the line ended');
    this.#sockets.handleOpened();
    this.#pump();
  }

  /** For {@link AgentSocket}. */
  handleSocketRecord(_socket: AgentSocket, kind: RecordKindName, body: Uint8Array): void {
    this.handleRecord(kind, body);
  }

  /** For {@link AgentSocket}. */
  handleSocketClosed(socket: AgentSocket, wasOpen: boolean): void {
    this.#sockets.handleClosed(socket, wasOpen);
    if (socket.index === COPY_SOCKET) this.#copies.handleSocketClosed();
  }

  /** For {@link AgentSocket}. */
  fillSocket(socket: AgentSocket, frame: FrameBuilder): void {
    if (!this.#ready || !socket.isOpen) return;
    if (socket.index === COPY_SOCKET) {
      this.#copies.fill(frame, socket.core, this.#packing);
      return;
    }
    const { pacer } = this.line;
    if (!pacer.hasRoom || this.#sockets.isStuck(socket.core)) return;
    const isLeastLoaded = this.#sockets.isLeastLoaded(socket);
    const isFirst = this.#sockets.forBulk.every(({ index }) => index >= socket.index);
    const options = this.#fillOptions({
      lowest: 'bulk',
      largeOnly: true,
      mayTake: (id) => {
        const known = this.#known.get(id);
        if (known === undefined || known.endBytes > this.line.acknowledgedBytes) return false;
        // Order within a channel holds on one socket.
        return known.inOrder ? isFirst : isLeastLoaded;
      },
    });
    this.#outbox.fill(frame, options, this.#bulk);
  }

  override handleRecord(kind: RecordKindName, body: Uint8Array): void {
    if (this.line.state === 'greeting') {
      const welcome = this.#greeting.handleRecord(kind, body);
      if (welcome === undefined) return;
      this.#outbox.maxMessageBytes = welcome.maxFrameBytes;
      this.#outbox.block('bulk');
      this.#channels.handleKnown(welcome.schemas ?? []);
      this.#packing = new LinePacking(this.#clock, welcome.features.includes('zstd') ? this.#zstd : undefined);
      this.#framePacking = this.#packing.forSocket();
      this.line.open();
      this.#handlers.handleWelcome(welcome);
      this.#ready = true;
      this.line.flushSoon();
      return;
    }
    if (kind === 'demand') {
      const { channels } = decodeJson(kind, body, demandSchema, this.line.limits.maxJsonBytes);
      this.#handlers.handleDemand?.(channels);
      return;
    }
    if (kind !== 'request') throw new LineError('FRAME_UNEXPECTED', `a server sends no ${kind} to an open agent`);
    const { header, payload } = decodeHeaded('request', body, requestHeaderSchema, this.line.limits.maxJsonBytes);
    // Of a request that came on two sockets the first copy counts.
    if (this.#sockets.hadAny && this.#recentRequests.has(header)) return;
    this.#recentRequests.add(header);
    this.#handlers.handleRequest(header, payload, header.ageMs + this.line.transitMs(header.sentMs));
  }

  override handleMessage(): void {
    throw new LineError('FRAME_UNEXPECTED', 'a server sends no messages to an agent');
  }

  override handleClosed(close: LineClose): void {
    this.#outbox.handleLineClosed();
    // Motion ends with the line: nothing of the further sockets comes before that.
    this.#handlers.handleClosed(close);
    this.#sockets.close();
  }

  override handleHeld(): void {
    this.#outbox.block(undefined);
  }

  override fill(frame: FrameBuilder): void {
    if (!this.#ready) return;
    this.#reportDrops();
    const room = this.#room();
    this.#outbox.block(room);
    const bulkElsewhere = this.#sockets.forBulk.length > 0;
    const lowest =
      room === 'bulk' && (bulkElsewhere || this.line.largeBytes > 0) ? (bulkElsewhere ? 'telemetry' : 'state') : room;
    // Behind urgent messages that fill the path the others get a hundredth of it.
    const lowestStarved = room === 'state' && !bulkElsewhere ? 'bulk' : lowest;
    const options = this.#fillOptions({ lowest, lowestStarved, smallOnly: bulkElsewhere });
    this.#outbox.fill(frame, options, this.#urgent);
    this.#framePacking?.writeTo(frame);
    // A flush that the batching delay started is the other sockets' chance as well.
    if (!this.#pumping && frame.length === 0) this.#pump();
  }

  /** The least urgent lane that may leave now. */
  #room(): Lane {
    const { pacer } = this.line;
    if (pacer.hasRoom) return this.#sockets.canCarryBulk ? 'bulk' : 'state';
    // Where urgent messages are little beside the rest, what fills the window is the rest: they go ahead of it.
    const isLittle = this.#plan.urgentBytesPerMs < pacer.bytesPerMs * LITTLE_SHARE;
    const littleBytes = pacer.bytesPerMs * LITTLE_SHARE * Math.max(LITTLE_MS, LITTLE_ROUND_TRIPS * pacer.rttMs);
    const isWithin = this.#urgentInFlightBytes() < pacer.windowBytes + littleBytes;
    return (isLittle && isWithin) || pacer.hasUrgentRoom ? 'state' : 'control';
  }

  /** Bytes under way ahead of an urgent message, on that socket of those that carry it which is the least behind. */
  #urgentInFlightBytes(): number {
    const copies = this.#plan.copies(this.line.pacer.bytesPerMs, this.#clock.monotonicMs());
    const copySocket = copies ? this.#sockets.forCopies : undefined;
    return Math.min(this.line.unacknowledgedBytes, copySocket?.core.unacknowledgedBytes ?? Number.POSITIVE_INFINITY);
  }

  /** Sends what waits on all sockets, as far as there is room. */
  #pump(): void {
    if (this.#pumping || this.line.state !== 'open') return;
    this.#pumping = true;
    try {
      this.line.flush();
      const bulk = this.#sockets.forBulk;
      for (let sent = -1; bulk.length > 0 && sent !== this.line.pacer.inFlightBytes;) {
        sent = this.line.pacer.inFlightBytes;
        for (const { core } of bulk) core.flush();
      }
      this.#sockets.forCopies?.core.flush();
      this.#steer();
    } finally {
      this.#pumping = false;
    }
  }

  #place(id: number, message: MessageParts): boolean {
    const before = this.#framePacking?.bytes ?? 0;
    if (this.#framePacking?.place(id, message) !== true) return false;
    this.#placedBytes = this.#framePacking.bytes - before;
    return true;
  }

  #handleTaken(id: number, lane: Lane, message: MessageParts): void {
    const bytes = message.data.length + MESSAGE_HEADER_BYTES + RECORD_HEADER_BYTES;
    this.#handleLeft(lane, bytes, this.#placedBytes);
    this.#placedBytes = undefined;
    if ((lane === 'state' || lane === 'control') && bytes <= MOST_COPIED_BYTES)
      this.#copies.handleTaken(id, message, bytes);
  }

  #handleLeft(lane: Lane, bytes: number, packedBytes = bytes): void {
    this.#plan.handleSent(lane, bytes, this.#filledMs, packedBytes);
    this.#handlers.handleSent?.(lane, bytes);
  }

  /** Looks how the path does, and how many sockets it deserves. */
  #steer(): void {
    const nowMs = this.#clock.monotonicMs();
    const { pacer } = this.line;
    this.#sockets.leaveStuck();
    const { cores } = this.#sockets;
    const hasFurther = cores.length > 1;
    let awaitedMs = 0;
    for (const core of cores) awaitedMs = Math.max(awaitedMs, core.awaitedMs);
    // While the rate is still being found out, queues come and go.
    if (!Number.isNaN(pacer.rttMs)) this.#plan.handleAwaited(awaitedMs, pacer.rttMs * (pacer.growing ? 2 : 1), nowMs);
    pacer.sharedBySockets = hasFurther;
    const waits = this.#outbox.bytes > 0;
    for (const core of cores) core.pressed = waits || hasFurther;
    // Nothing else would open the window again.
    if (waits && awaitedMs === 0) for (const core of cores) core.askNow();
    if (this.#sockets.forCopies !== undefined) this.#copies.set(this.#plan.copies(pacer.bytesPerMs, nowMs));
    this.#sockets.adjust(nowMs);
  }

  #fillOptions(
    options: Pick<FillOptions, 'lowest' | 'lowestStarved' | 'smallOnly' | 'largeOnly' | 'mayTake'>,
  ): FillOptions {
    this.#filledMs = this.#clock.monotonicMs();
    const { pacer, limits, cutBytes } = this.line;
    const { chunkBytes, bytesPerMs } = pacer;
    return {
      maxBytes: Math.min(chunkBytes, limits.batchBytes),
      cutBytes,
      partBytes: chunkBytes,
      starvedAfterMs: Math.max(STARVED_MS, bytesPerMs === 0 ? 0 : (STARVED_CHUNKS * chunkBytes) / bytesPerMs),
      ...options,
    };
  }

  #reportDrops(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#dropsReportedMs < DROP_REPORT_MS) return;
    const drops = this.#outbox.takeDropped();
    if (drops.length > 0) this.#dropsReportedMs = nowMs;
    for (const drop of drops) this.line.send('dropped', [encodeJson(drop)]);
  }
}
