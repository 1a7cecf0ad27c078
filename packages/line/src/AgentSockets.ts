import type { Clock, Disposer } from '@longline/ros';
import { AgentSocket } from './AgentSocket.ts';
import type { AgentSocketOwner } from './AgentSocket.ts';
import type { LineEndpoint } from './bindWebSocket.ts';
import type { HelloSigner } from './challenge.ts';
import type { AgentHello } from './hello.ts';
import type { LineLimits } from './limits.ts';
import type { LineCore } from './LineCore.ts';
import type { SocketPlan } from './SocketPlan.ts';
import type { Transport } from './Transport.ts';

/** While there are further sockets, it is looked this often whether they are still wanted, in milliseconds. */
const LOOK_MS = 5_000;
/** The socket for copies; those after it are for bulk data. */
export const COPY_SOCKET = 1;
const FURTHER_SOCKETS = [COPY_SOCKET, 2, 3] as const;

/** What {@link AgentSockets} is given. */
export interface AgentSocketsOptions {
  /** The line's first socket. */
  readonly line: LineCore;
  readonly plan: SocketPlan;
  readonly clock: Clock;
  readonly limits: LineLimits;
  readonly hello: AgentHello;
  readonly signer: HelloSigner | undefined;
  readonly owner: AgentSocketOwner;
  /** Dials one more; without it the line stays with its first. */
  readonly handleWanted: ((attach: (transport: Transport) => LineEndpoint) => void) | undefined;
  /** It is time to look how the path does. */
  readonly handleLook: () => void;
}

/** The further sockets of an agent's line: gets them, gives them up, and says which of them work. */
export class AgentSockets {
  readonly #options: AgentSocketsOptions;
  /** By their number, those being greeted too. */
  readonly #sockets = new Map<number, AgentSocket>();
  #dialling: number | undefined;
  #cancelLook: Disposer | undefined;
  #hadAny = false;

  constructor(options: AgentSocketsOptions) {
    this.#options = options;
  }

  /** There are or were any: what travels twice may come twice. */
  get hadAny(): boolean {
    return this.#hadAny;
  }

  /** Those that are welcomed. */
  get open(): readonly AgentSocket[] {
    return this.#sockets.size === 0 ? [] : [...this.#sockets.values()].filter((socket) => socket.isOpen);
  }

  /** The one for copies of small urgent messages, where it is open. */
  get forCopies(): AgentSocket | undefined {
    const socket = this.#sockets.get(COPY_SOCKET);
    return socket?.isOpen === true ? socket : undefined;
  }

  /** Those for bulk data that are open. */
  get forBulk(): readonly AgentSocket[] {
    return this.open.filter(({ index }) => index !== COPY_SOCKET);
  }

  /** Every open socket of the line, the first included. */
  get cores(): readonly LineCore[] {
    return [this.#options.line, ...this.open.map(({ core }) => core)];
  }

  /** Bulk data has somewhere to go: what follows late data on the only socket waits behind it, and is late too. */
  get canCarryBulk(): boolean {
    const bulk = this.forBulk;
    return bulk.length === 0 ? !this.#isLate(this.#options.line) : bulk.some(({ core }) => !this.isStuck(core));
  }

  /** It waits for TCP's doubled timer. */
  isStuck(core: LineCore): boolean {
    const { plan, line } = this.#options;
    return plan.isStuck(core.awaitedMs, line.pacer.rttMs);
  }

  /** No other socket for bulk data has less under way. */
  isLeastLoaded({ core: { unacknowledgedBytes } }: AgentSocket): boolean {
    return this.forBulk.every(({ core }) => unacknowledgedBytes <= core.unacknowledgedBytes);
  }

  handleOpened(): void {
    this.#dialling = undefined;
    this.#options.plan.handleOpened();
    this.leaveStuck();
  }

  handleClosed(socket: AgentSocket, wasOpen: boolean): void {
    if (this.#sockets.get(socket.index) === socket) this.#sockets.delete(socket.index);
    if (this.#dialling === socket.index) this.#dialling = undefined;
    if (!wasOpen) this.#options.plan.handleRefused(1 + this.#sockets.size, this.#options.clock.monotonicMs());
  }

  /** The line ended. */
  close(): void {
    this.#cancelLook?.();
    this.#closeAll('the line ended');
  }

  /** What is stuck holds up nothing that works, and the socket for copies makes room for a new one where the first is stuck too. */
  leaveStuck(): void {
    const { line } = this.#options;
    const { cores } = this;
    const stuck = cores.filter((core) => this.isStuck(core));
    if (stuck.length === 0) return;
    const works = cores.some((core) => !this.#isLate(core));
    if (works) for (const core of stuck) core.writeOff();
    const copies = this.forCopies?.core;
    if (copies === undefined || !stuck.includes(copies) || !stuck.includes(line)) return;
    if (works || this.#dialling === undefined) copies.close('LINE_CLOSED', 'a new socket takes its place');
  }

  /** Gets one more, or gives all up, as the plan says. */
  adjust(nowMs: number): void {
    const { plan, clock, handleWanted, handleLook } = this.#options;
    const have = 1 + this.#sockets.size;
    const wanted = plan.wanted(have, nowMs);
    const free = FURTHER_SOCKETS.find((index) => !this.#sockets.has(index));
    if (wanted > have && this.#dialling === undefined && free !== undefined && handleWanted !== undefined) {
      this.#dialling = free;
      handleWanted((transport) => this.#attach(free, transport));
    } else if (wanted < have) {
      this.#closeAll('the path rewards no further socket');
    }
    if (this.#sockets.size === 0) return;
    this.#cancelLook ??= clock.after(LOOK_MS, () => {
      this.#cancelLook = undefined;
      handleLook();
    });
  }

  #isLate(core: LineCore): boolean {
    const { plan, line } = this.#options;
    return plan.isLate(core.awaitedMs, line.pacer.rttMs);
  }

  #closeAll(reason: string): void {
    for (const socket of [...this.#sockets.values()]) socket.core.close('LINE_CLOSED', reason);
  }

  #attach(index: number, transport: Transport): AgentSocket {
    const { clock, limits, line, hello, signer, owner } = this.#options;
    const ofSocket = { ...hello, socket: index };
    const socket = new AgentSocket({ transport, clock, limits, line, hello: ofSocket, signer, owner });
    this.#sockets.set(index, socket);
    this.#hadAny = true;
    return socket;
  }
}
