import type { Clock } from '@longline/ros';
import { AgentGreeting } from './AgentGreeting.ts';
import type { LineEndpoint } from './bindWebSocket.ts';
import type { HelloSigner } from './challenge.ts';
import { LineError } from './errors.ts';
import type { FrameBuilder } from './FrameBuilder.ts';
import type { AgentHello } from './hello.ts';
import type { LineLimits } from './limits.ts';
import { LineCore } from './LineCore.ts';
import type { RecordKindName } from './recordKinds.ts';
import type { Transport } from './Transport.ts';

/** The line that an {@link AgentSocket} belongs to. */
export interface AgentSocketOwner {
  handleSocketOpen(socket: AgentSocket): void;
  /** Any record of an open socket that is not the socket's own business. */
  handleSocketRecord(socket: AgentSocket, kind: RecordKindName, body: Uint8Array): void;
  handleSocketClosed(socket: AgentSocket, wasOpen: boolean): void;
  handleRoom(): void;
  fillSocket(socket: AgentSocket, frame: FrameBuilder): void;
}

/** A further socket of an agent's line (clause 2.7): its own greeting, heartbeats and acknowledgements, the line's data. */
export class AgentSocket implements LineEndpoint {
  readonly core: LineCore;
  readonly index: number;
  readonly #greeting: AgentGreeting;
  readonly #owner: AgentSocketOwner;
  #open = false;

  constructor(options: {
    readonly transport: Transport;
    readonly clock: Clock;
    readonly limits: LineLimits;
    /** The line's first socket. */
    readonly line: LineCore;
    readonly hello: AgentHello;
    readonly signer: HelloSigner | undefined;
    readonly owner: AgentSocketOwner;
  }) {
    const { transport, clock, limits, line, hello, signer, owner } = options;
    this.#owner = owner;
    this.index = hello.socket;
    this.core = new LineCore({
      transport,
      clock,
      limits,
      pacer: line.pacer,
      handlers: {
        handleRecord: (kind, body) => this.#handleRecord(kind, body),
        handleMessage: () => {
          throw new LineError('FRAME_UNEXPECTED', 'a server sends no messages to an agent');
        },
        handleClosed: () => owner.handleSocketClosed(this, this.#open),
        handleRoom: () => owner.handleRoom(),
        handleHeld: () => undefined,
        fill: (frame) => owner.fillSocket(this, frame),
      },
    });
    this.core.shareParts(line);
    this.#greeting = new AgentGreeting({ core: this.core, hello, signer });
  }

  /** It is welcomed and carries data. */
  get isOpen(): boolean {
    return this.core.state === 'open';
  }

  handleOpen(): void {
    this.#greeting.handleOpen();
  }

  handleFrame(frame: Uint8Array): void {
    this.core.handleFrame(frame);
  }

  handleText(): void {
    this.core.handleText();
  }

  handleWritable(): void {
    this.core.handleWritable();
  }

  handleDisconnected(closeCode: number, reason: string): void {
    this.core.handleDisconnected(closeCode, reason);
  }

  #handleRecord(kind: RecordKindName, body: Uint8Array): void {
    if (this.core.state !== 'greeting') {
      this.#owner.handleSocketRecord(this, kind, body);
      return;
    }
    if (this.#greeting.handleRecord(kind, body) === undefined) return;
    this.#open = true;
    this.core.open();
    this.#owner.handleSocketOpen(this);
  }
}
