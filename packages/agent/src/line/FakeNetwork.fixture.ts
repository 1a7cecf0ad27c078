import { AgentEnd, Outbox } from '@longline/line';
import type { LineEndpoint, Transport } from '@longline/line';
import type { Clock, Log } from '@longline/ros';
import { FakeClock, Inbox, sampleFrame } from '@longline/testing';
import { onTestFinished } from 'vitest';
import type { Dial, DialEvents } from './Dial.ts';
import type { SocketOpener } from './DialAttempt.ts';
import { LineConnector } from './LineConnector.ts';

/** One line of a log. */
export interface Logged {
  readonly level: string;
  readonly details: Record<string, unknown>;
  readonly message: string;
}

export function makeLog(): { log: Log; logged: Inbox<Logged> } {
  const logged = new Inbox<Logged>();
  const at = (level: string) => (details: unknown, message?: unknown) =>
    logged.add({ level, details: details as Record<string, unknown>, message: String(message) });
  return { log: { info: at('info'), warn: at('warn'), error: at('error'), debug: at('debug') }, logged };
}

/** What a {@link makeConnector} tells. */
export interface ConnectorWorld {
  readonly connector: LineConnector;
  /** The server of each welcome, and `closed`. */
  readonly opened: Inbox<string>;
  readonly logged: Inbox<Logged>;
  /** How the newest end asks for one more socket. */
  readonly wantSocket: SocketOpener;
}

/** A connector of real ends. */
export function makeConnector(
  dials: readonly Dial[],
  clock: Clock,
  options: {
    readonly localAddresses?: () => readonly string[];
    readonly credentialStamp?: () => string;
    readonly silenceMs?: number;
  } = {},
): ConnectorWorld {
  const { credentialStamp, localAddresses, silenceMs = 6_000 } = options;
  const { log, logged } = makeLog();
  const opened = new Inbox<string>();
  let open: SocketOpener = () => undefined;
  const connector = new LineConnector({
    dials,
    clock,
    log,
    random: () => 1,
    credentialStamp,
    ...(localAddresses === undefined ? {} : { localAddresses }),
    makeEnd: (transport, events) => {
      open = events.handleSocketWanted;
      return new AgentEnd({
        transport,
        clock,
        limits: { silenceMs },
        outbox: new Outbox(clock),
        hello: {
          role: 'agent',
          device: 'r1',
          boot: 'b',
          line: 'l',
          socket: 0,
          highestToken: 0,
          software: 'test',
          robot: 'fake:',
          features: [],
        },
        handlers: {
          handleWelcome: (welcome) => events.handleWelcome(welcome),
          handleRequest: () => undefined,
          handleClosed: (close) => events.handleClosed(close),
        },
      });
    },
    handleOpen: (_end, welcome) => opened.add(welcome.server),
    handleClosed: () => opened.add('closed'),
  });
  onTestFinished(() => connector.stop());
  return { connector, opened, logged, wantSocket: (attach) => open(attach) };
}

/** A connection that does what the test says. */
export class FakeDial {
  readonly atMs: number;
  readonly address: string | undefined;
  readonly end: LineEndpoint;
  localAddress: string | undefined = '10.0.0.1';
  remoteAddress: string | undefined = '10.0.0.2';
  isAbandoned = false;
  closeCode: number | undefined;
  frames = 0;
  readonly #events: DialEvents;

  constructor(
    clock: Clock,
    attach: (transport: Transport) => LineEndpoint,
    events: DialEvents,
    address: string | undefined,
  ) {
    this.atMs = clock.monotonicMs();
    this.address = address;
    this.#events = events;
    this.end = attach({
      bufferedBytes: 0,
      send: () => (this.frames += 1),
      close: (code) => (this.closeCode ??= code),
    });
  }

  /** What it does now, in a word. */
  get does(): 'waits' | 'greeted' | 'dropped' {
    if (this.isAbandoned) return 'dropped';
    return this.frames > 0 ? 'greeted' : 'waits';
  }

  /** The network took it, the server has not answered yet. */
  progress(): void {
    this.#events.handleProgress();
  }

  /** It is connected, and the server has said nothing yet. */
  connect(): void {
    this.end.handleOpen?.();
  }

  /** It is connected, and the server has said its first word. */
  open(): void {
    this.connect();
    this.end.handleFrame(sampleFrame('challenge'));
  }

  welcome(): void {
    this.end.handleFrame(sampleFrame('welcome'));
  }

  fail(code: string): void {
    this.#events.handleError(Object.assign(new Error(`connect ${code}`), { code }));
    this.end.handleDisconnected(1006, '');
  }

  close(code: number, reason: string): void {
    this.end.handleDisconnected(code, reason);
  }
}

/** Servers that answer nothing by themselves, and all dials to them. */
export class FakeNetwork {
  readonly clock = new FakeClock();
  readonly dials: FakeDial[] = [];
  /** Called with each dial, for networks that answer at once. */
  answer: (dial: FakeDial) => void = () => undefined;

  /** A way to one server; the calls of all servers are in {@link dials}. */
  readonly dial: Dial = (attach, events, address) => {
    const dial = new FakeDial(this.clock, attach, events, address);
    this.dials.push(dial);
    this.answer(dial);
    return {
      get localAddress() {
        return dial.localAddress;
      },
      get remoteAddress() {
        return dial.remoteAddress;
      },
      abandon: () => {
        dial.isAbandoned = true;
        this.clock.after(0, () => dial.end.handleDisconnected(1006, ''));
      },
    };
  };

  /** The newest dial. */
  get last(): FakeDial {
    const dial = this.dials.at(-1);
    if (dial === undefined) throw new Error('Nothing was dialled yet');
    return dial;
  }

  get dialledMs(): number[] {
    return this.dials.map(({ atMs }) => atMs);
  }

  get does(): string[] {
    return this.dials.map(({ does }) => does);
  }
}
