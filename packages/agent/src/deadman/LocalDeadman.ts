import type { MotionStatus, StopPayload } from '@longline/line';
import type { Clock, Log, RosGraph } from '@longline/ros';
import { AgentError } from '../errors.ts';
import type { Deadman, DeadmanListener, MotionOrder, MotionReceipt, OutputKind } from './Deadman.ts';
import type { DeadmanMemory } from './DeadmanMemory.ts';
import { MotionGate } from './MotionGate.ts';
import type { MotionOutputs } from './MotionOutputs.ts';

export interface LocalDeadmanParts {
  /** It stays open. */
  readonly graph: RosGraph;
  readonly clock: Clock;
  readonly log: Log;
  readonly outputs: MotionOutputs;
  readonly memory: DeadmanMemory;
}

/**
 * A deadman within the agent's process, for robots that live there too (turtlesim:, tests). It protects against everything but
 * what kills or hangs that process.
 */
export class LocalDeadman implements Deadman {
  readonly #outputs: MotionOutputs;
  readonly #gate: MotionGate;
  #listener: DeadmanListener | undefined;
  #isReady = false;
  #closing: Promise<void> | undefined;

  constructor(parts: LocalDeadmanParts) {
    this.#outputs = parts.outputs;
    this.#gate = new MotionGate({ ...parts, handleChange: () => this.#listener?.handleChange() });
  }

  get status(): MotionStatus {
    const { status } = this.#gate;
    return this.#isReady ? status : { ...status, deadman: { state: 'absent', reason: 'it is not running' } };
  }

  async start(listener: DeadmanListener): Promise<void> {
    this.#listener = listener;
    await this.#gate.start();
    this.#isReady = this.#closing === undefined;
  }

  outputOf(kind: OutputKind, name: string, type?: string): { readonly timeoutMs: number } | undefined {
    return this.#outputs.find(kind, name, type);
  }

  async execute(order: MotionOrder): Promise<MotionReceipt> {
    return this.#ready.execute(order);
  }

  async takeLease(token: number, heldUntilMs: number): Promise<void> {
    return this.#ready.takeLease(token, heldUntilMs);
  }

  async renewLease(token: number, heldUntilMs: number): Promise<void> {
    this.#ready.renewLease(token, heldUntilMs);
    await Promise.resolve();
  }

  async endLease(token: number): Promise<void> {
    this.#ready.endLease(token);
    await Promise.resolve();
  }

  handleLineClosed(): void {
    this.#gate.handleLineClosed();
  }

  async stop(by: string, outputs?: string): Promise<StopPayload> {
    return this.#ready.stop(by, outputs);
  }

  async releaseStop(token: number, outputs?: string): Promise<void> {
    return this.#ready.releaseStop(token, outputs);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#isReady = false;
    await this.#gate.standStill('the agent stops');
    this.#gate.dispose();
  }

  get #ready(): MotionGate {
    if (this.#isReady) return this.#gate;
    throw new AgentError('DEADMAN_ABSENT', 'The deadman is not running, and without it nothing moves the robot.');
  }
}
