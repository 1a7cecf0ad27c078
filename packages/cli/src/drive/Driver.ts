import type { Lease, Refusals, StopReport, TakeLeaseOptions } from '@longline/client';
import { isLonglineError } from '@longline/ros';
import type { Clock, Disposer } from '@longline/ros';
import { driveMessage } from './driveTypes.ts';
import type { Velocity } from './driveTypes.ts';
import type { DriveTopic } from './findDriveTopic.ts';
import { HeldKeys } from './HeldKeys.ts';
import type { DriveKey } from './parseKeys.ts';

/** What a driver needs of a lease. */
export interface DriveLease extends Pick<
  Lease,
  'holdMs' | 'lost' | 'publish' | 'release' | 'releaseStop' | 'replaced' | 'token'
> {
  readonly refusals: Pick<Refusals, 'listen'>;
}

/** What a driver needs of a robot. */
export interface DrivenDevice {
  takeLease(options: TakeLeaseOptions): Promise<DriveLease>;
  stop(): Promise<StopReport>;
}

/** What a {@link Driver} is given. */
export interface DriverOptions {
  readonly device: DrivenDevice;
  readonly target: DriveTopic;
  readonly clock: Clock;
  /** Velocity at full speed. */
  readonly full: Velocity;
  readonly holdMs?: number | undefined;
}

/** Between two frames, in milliseconds: five within the shortest timeout of an output. */
const FRAME_MS = 50;
/** After the last key so many frames of zeros say that the robot stands, and then nothing more. */
const STILL_FRAMES = 5;
/** One press of `+` or `-` changes the speed by so much. */
const SPEED_STEP = 1.25;
const [MIN_SPEED, MAX_SPEED] = [0.05, 2];

/**
 * Drives a robot by keys under a lease: frames while a direction is held, then zeros, then silence. It never drives on what it has
 * not been told by a key just now.
 */
export class Driver {
  readonly #options: DriverOptions;
  readonly #keys = new HeldKeys();
  #lease: DriveLease | undefined;
  #cancel: Disposer | undefined;
  #stillFrames = 0;
  #frames = 0;
  #speed = 1;
  #note: string | undefined;
  #stopListening: Disposer | undefined;

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  /** The lease while it is held. */
  get lease(): DriveLease | undefined {
    return this.#lease?.lost.aborted === false ? this.#lease : undefined;
  }

  /** What happened last that the operator has to know. */
  get note(): string | undefined {
    return this.#note;
  }

  /** Frames sent. */
  get frames(): number {
    return this.#frames;
  }

  /** Share of the full speed. */
  get speed(): number {
    return this.#speed;
  }

  /** What is asked of the robot now. */
  get velocity(): Velocity {
    const { clock, full } = this.#options;
    const { angular, linear } = this.#keys.direction(clock.monotonicMs());
    return { linear: linear * full.linear * this.#speed, angular: angular * full.angular * this.#speed };
  }

  /** Takes the lease and begins. Rejects as taking a lease does. */
  async take(takeOver = false): Promise<void> {
    const { device, holdMs } = this.#options;
    const lease = await device.takeLease({
      ...(takeOver ? { takeOver } : {}),
      ...(holdMs === undefined ? {} : { holdMs }),
    });
    this.#keys.release();
    this.#stillFrames = STILL_FRAMES;
    this.#lease = lease;
    this.#note = undefined;
    this.#stopListening?.();
    this.#stopListening = lease.refusals.listen(({ code, message }) => (this.#note = `${code}: ${message}`));
    lease.lost.addEventListener('abort', () => this.#handleLost(lease));
    this.#cancel ??= this.#tickLater();
  }

  /** Says true when the key means the end. */
  handleKey(key: DriveKey): boolean {
    const { clock } = this.#options;
    if (key === 'faster') this.#speed = Math.min(MAX_SPEED, this.#speed * SPEED_STEP);
    else if (key === 'slower') this.#speed = Math.max(MIN_SPEED, this.#speed / SPEED_STEP);
    // Speed is changed while a direction is held; every other key is none.
    else this.#keys.handleKey(key, clock.monotonicMs());
    if (key === 'stop') this.#attempt('stop', () => this.#stop());
    if (key === 'release') this.#attempt('release', () => this.#release());
    if (key === 'take' && this.lease === undefined) this.#attempt('take', () => this.take());
    // A key has effect now, and not with the next frame.
    this.#send();
    return key === 'quit';
  }

  /** Sends zeros and gives the lease back, which stops the robot once more. Idempotent. */
  async end(): Promise<void> {
    this.#cancel?.();
    this.#stopListening?.();
    this.#keys.release();
    this.#publish({ linear: 0, angular: 0 });
    await this.#lease?.release();
  }

  #tickLater(): Disposer {
    return this.#options.clock.after(FRAME_MS, () => {
      this.#cancel = this.#tickLater();
      this.#send();
    });
  }

  #send(): void {
    const { velocity } = this;
    const moves = velocity.linear !== 0 || velocity.angular !== 0;
    this.#stillFrames = moves ? 0 : this.#stillFrames + 1;
    if (this.#stillFrames <= STILL_FRAMES) this.#publish(velocity);
  }

  #publish(velocity: Velocity): void {
    const { topic, type } = this.#options.target;
    try {
      this.lease?.publish(topic, driveMessage(type, velocity), { type });
      if (this.lease !== undefined) this.#frames++;
    } catch (error) {
      this.#tell(error);
    }
  }

  async #stop(): Promise<void> {
    this.#note = 'stopping ...';
    const { outputs, waits }: StopReport = await this.#options.device.stop();
    const others = outputs.flatMap((output) => output.others);
    const untaken = outputs.filter(({ delivered }) => !delivered).map(({ name }) => name);
    this.#note = undefined;
    if (waits) this.#note = 'The robot has not confirmed the stop yet: it may still move. The server repeats it.';
    if (others.length > 0) this.#note = `NOT_EXCLUSIVE: ${others.join(', ')} may still move it.`;
    if (untaken.length > 0) this.#note = `ROS did not take the stop of ${untaken.join(', ')}: it may still move.`;
  }

  async #release(): Promise<void> {
    const { lease } = this;
    this.#note = lease === undefined ? 'Take the lease first (t), then release the stop (r).' : undefined;
    await lease?.releaseStop();
  }

  #handleLost(lease: DriveLease): void {
    if (lease !== this.#lease) return;
    this.#keys.release();
    this.#tell(lease.lost.reason);
  }

  #attempt(what: string, act: () => Promise<void>): void {
    act().catch((error: unknown) => this.#tell(error, what));
  }

  #tell(error: unknown, what?: string): void {
    const words = isLonglineError(error) ? `${error.code}: ${error.message}` : String(error);
    this.#note = what === undefined ? words : `${what}: ${words}`;
  }
}
