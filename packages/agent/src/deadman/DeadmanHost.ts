import { isLonglineError, silentLog } from '@longline/ros';
import type { Clock, Disposer, Log, RosGraph } from '@longline/ros';
import type { DeadmanMemory } from './DeadmanMemory.ts';
import { BEAT_MS, toDeadmanSchema } from './deadmanMessages.ts';
import type { DeadmanAsk, DeadmanReply, DeadmanSetup, FromDeadman, ToDeadman } from './deadmanMessages.ts';
import { MotionGate } from './MotionGate.ts';
import { MotionOutputs } from './MotionOutputs.ts';

/** With nothing heard from the agent for so long, what moves is stopped, in milliseconds. */
export const AGENT_SILENCE_MS = 300;
/** How often that is looked at, in milliseconds. */
const LOOK_MS = 25;
/** After the end of the pipe, stops that ROS does not take are tried for so long, in milliseconds; a successor goes on. */
const LAST_TRIES_MS = 60_000;

export interface DeadmanHostParts {
  /** The machine's, so that the agent speaks of the same instants. */
  readonly clock: Clock;
  /** To the agent; does nothing once the pipe has ended. */
  readonly post: (message: FromDeadman) => void;
  readonly openGraph: (setup: DeadmanSetup, log: Log) => Promise<RosGraph>;
  readonly openMemory: (setup: DeadmanSetup, log: Log) => DeadmanMemory;
  /** All is done; the process may end. */
  readonly handleEnd: () => void;
}

/** The deadman's side of the pipe: carries out what the agent asks, and stops the robot when it asks no more. */
export class DeadmanHost {
  readonly #parts: DeadmanHostParts;
  readonly #clock: Clock;
  readonly #log: Log;
  #graph: RosGraph | undefined;
  #gate: MotionGate | undefined;
  #heardMs: number;
  #cancelLook: Disposer | undefined;
  #cancelBeat: Disposer | undefined;
  #isEnding = false;
  #hasMisunderstood = false;

  constructor(parts: DeadmanHostParts) {
    this.#parts = parts;
    this.#clock = parts.clock;
    this.#log = tellingLog(parts.post);
    this.#heardMs = parts.clock.monotonicMs();
  }

  /** Something came from the agent. What is not understood counts as silence, which stops the robot; it never ends this process. */
  handleMessage(content: unknown): void {
    const message = this.#understood(content);
    if (message === undefined) return;
    this.#heardMs = this.#clock.monotonicMs();
    switch (message.kind) {
      case 'start':
        void this.#start(message.setup);
        break;
      case 'beat':
        break;
      case 'lineClosed':
        this.#gate?.handleLineClosed();
        break;
      case 'ask':
        void this.#answer(message.id, message.ask);
        break;
    }
  }

  /** Undefined for what is none, which is told once. */
  #understood(content: unknown): ToDeadman | undefined {
    let why: unknown;
    try {
      const parsed = toDeadmanSchema.safeParse(content);
      if (parsed.success) return parsed.data;
      why = parsed.error;
    } catch (error) {
      why = error;
    }
    if (!this.#hasMisunderstood) this.#log.error({ err: why }, 'the agent said what the deadman does not understand');
    this.#hasMisunderstood = true;
    return undefined;
  }

  /** The agent is gone: stops what moves, and ends when that is done. Another deadman may start meanwhile. */
  async handlePipeEnd(): Promise<void> {
    this.#gate?.freeze();
    await this.end('the agent is gone');
  }

  /** Stops what moves, and ends when that is done. */
  async end(reason: string): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const tryUntilMs = this.#clock.monotonicMs() + LAST_TRIES_MS;
    await this.#gate?.standStill(reason);
    await this.#restUntil(tryUntilMs);
    await this.#end();
  }

  async #start(setup: DeadmanSetup): Promise<void> {
    try {
      const graph = await this.#parts.openGraph(setup, this.#log);
      this.#graph = graph;
      const gate = new MotionGate({
        graph,
        agentNode: setup.agentNode,
        clock: this.#clock,
        log: this.#log,
        memory: this.#parts.openMemory(setup, this.#log),
        outputs: new MotionOutputs(setup.motion, setup.publishable),
        handleChange: () => this.#parts.post({ kind: 'status', status: gate.status }),
      });
      this.#gate = gate;
      await gate.start();
    } catch (error) {
      this.#parts.post({ kind: 'failed', reason: error instanceof Error ? error.message : 'unknown error' });
      await this.#end();
      return;
    }
    this.#look();
    this.#beat();
  }

  async #answer(id: number, ask: DeadmanAsk): Promise<void> {
    let reply: DeadmanReply;
    try {
      if (this.#gate === undefined) throw new Error('the deadman was asked before it started');
      reply = { kind: 'answer', id, ...(await carryOut(this.#gate, ask)) };
    } catch (error) {
      const code = isLonglineError(error) ? error.code : 'INTERNAL';
      const message = error instanceof Error ? error.message : 'unknown error';
      if (code === 'INTERNAL') this.#log.error({ err: error }, 'the deadman failed at what it was asked');
      reply = { kind: 'refusal', id, code, message, details: isLonglineError(error) ? error.details : {} };
    }
    this.#parts.post(reply);
    if (ask.kind !== 'close' || this.#isEnding) return;
    this.#isEnding = true;
    await this.#restUntil(this.#clock.monotonicMs() + LAST_TRIES_MS);
    await this.#end();
  }

  /** Looks often whether the agent still speaks while something moves. */
  #look(): void {
    const silentMs = this.#clock.monotonicMs() - this.#heardMs;
    if (silentMs >= AGENT_SILENCE_MS)
      this.#gate?.stopMoving(`nothing came from the agent for ${Math.round(silentMs)} ms`);
    this.#cancelLook = this.#clock.after(LOOK_MS, () => this.#look());
  }

  #beat(): void {
    this.#parts.post({ kind: 'beat' });
    this.#cancelBeat = this.#clock.after(BEAT_MS, () => this.#beat());
  }

  /** Until the stops have been delivered and repeated. */
  async #restUntil(limitMs: number): Promise<void> {
    while (this.#gate?.isStopping === true && this.#clock.monotonicMs() < limitMs) {
      await new Promise<void>((resolve) => void this.#clock.after(LOOK_MS, resolve));
    }
  }

  async #end(): Promise<void> {
    this.#cancelLook?.();
    this.#cancelBeat?.();
    this.#gate?.dispose();
    await this.#graph?.close();
    this.#parts.handleEnd();
  }
}

/** What the answer carries. */
async function carryOut(
  gate: MotionGate,
  ask: DeadmanAsk,
): Promise<Pick<DeadmanReply & { kind: 'answer' }, 'receipt' | 'stopped'>> {
  switch (ask.kind) {
    case 'execute':
      return { receipt: await gate.execute(ask.order) };
    case 'takeLease':
      await gate.takeLease(ask.token, ask.heldUntilMs);
      return {};
    case 'renewLease':
      gate.renewLease(ask.token, ask.heldUntilMs);
      return {};
    case 'endLease':
      gate.endLease(ask.token);
      return {};
    case 'stop':
      return { stopped: await gate.stop(ask.by, ask.outputs) };
    case 'releaseStop':
      await gate.releaseStop(ask.token, ask.outputs);
      return {};
    case 'close':
      await gate.standStill('the agent stops');
      return {};
  }
}

/** The agent writes the log of both. */
const tellingLog = (post: (message: FromDeadman) => void): Log => {
  const tell = (level: keyof Log) => (details: object, message: string) =>
    post({ kind: 'log', level, details: { ...details }, message });
  return { ...silentLog, info: tell('info'), warn: tell('warn'), error: tell('error') };
};
