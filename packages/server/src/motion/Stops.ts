import { randomUUID } from 'node:crypto';
import type { Action, Reply, ReplyListener } from '@longline/line';
import type { Clock, Disposer } from '@longline/ros';
import { localAdministrator } from '../access/Principal.ts';
import type { RobotRequest } from '../commands/RobotRequest.ts';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { DeviceEvent, DeviceWatcher, FleetState } from '../fleet/FleetState.ts';
import type { StopStore, WaitingStop } from '../seams/StopStore.ts';
import type { AuditSink } from './AuditSink.ts';
import { StopList } from './StopList.ts';

/** Somebody wants a robot to stand still. */
export interface StopRequest extends Omit<RobotRequest, 'action' | 'payload'> {
  /** A pattern of names; all outputs by default. */
  readonly outputs?: string | undefined;
}

/** What {@link Stops} are given. */
export interface StopsOptions {
  readonly fleet: FleetState;
  readonly clock: Clock;
  readonly audit: AuditSink;
  readonly store: StopStore;
  /** Sends it as a command that is remembered. Throws. */
  readonly submit: (request: RobotRequest, listener: ReplyListener) => void;
  /** Sends it unremembered: what was refused as a command, and repetitions. */
  readonly ask: (request: RobotRequest, listener: ReplyListener) => void;
  readonly handleFault: (what: string, error: unknown) => void;
}

/** A robot that is there and does not confirm is told again after this, in milliseconds. */
const RETRY_MS = 2_000;
const nothing = new Uint8Array(0);
/** The robot has understood and will never do it: repeating it is of no use. */
const finalRefusals: ReadonlySet<string> = new Set([
  'NAME_INVALID',
  'NOT_ALLOWED',
  'NOT_SUPPORTED',
  'PATTERN_INVALID',
  'REQUEST_INVALID',
]);

/**
 * Stops (clause 5.11): everybody may, without a lease, also for robots that are away or that this server has not seen yet.
 * A stop is kept until its robot has confirmed it, and is the first thing that the robot's next line brings.
 */
export class Stops implements DeviceWatcher {
  readonly #options: StopsOptions;
  readonly #list = new StopList();
  /** Repetitions that are due, by stop. */
  readonly #retries = new Map<string, Disposer>();
  /** Those that were sent and not answered yet. */
  readonly #underWay = new Set<string>();

  constructor(options: StopsOptions) {
    this.#options = options;
  }

  /** Stops that robots have not confirmed. */
  get size(): number {
    return this.#list.size;
  }

  /** Takes up the stops that the store has. Call it before robots connect. */
  async start(): Promise<void> {
    for (const stop of await this.#options.store.all()) this.#list.add(stop);
  }

  /**
   * Stops a robot. The listener hears at most one `received`, then one final word: the robot's, or `unknown` with `STOP_WAITS`
   * where it has not confirmed yet. Throws `STOP_LIMIT` for a robot that is away.
   */
  stop(request: StopRequest, listener: ReplyListener): void {
    const { device, outputs, principal } = request;
    const { audit, clock, fleet } = this.#options;
    audit.record({ what: 'stop', device, principal: principal.name, target: outputs, outcome: 'accepted' });
    const wanted = { device, outputs, by: principal.name };
    const sinceMs = Number(clock.wallNs() / 1_000_000n);
    const stop: WaitingStop = { ...wanted, id: randomUUID(), sinceMs };
    const kept = this.#keep(stop, fleet.device(device)?.online === true);
    this.#tell(fleet.device(device), kept, request, listener);
  }

  /** A robot that is back hears of its stops before anything else. */
  handleDevice(device: DeviceState, event: DeviceEvent): void {
    if (event !== 'online' && event !== 'offline') return;
    for (const stop of this.#list.of(device.id)) {
      this.#underWay.delete(stop.id);
      this.#cancelRetry(stop);
      if (event === 'online') this.#repeat(stop);
    }
    this.#show(device);
  }

  /** Ends repetitions; the stops stay in the store. */
  stopRepeating(): void {
    for (const cancel of this.#retries.values()) cancel();
    this.#retries.clear();
  }

  /** One that cannot be kept is still told to a robot that is there. */
  #keep(stop: WaitingStop, isOnline: boolean): WaitingStop {
    try {
      const change = this.#list.add(stop);
      if (change.isNew) this.#write('put', change.stop);
      for (const removed of change.removed) this.#forget(removed);
      return change.stop;
    } catch (error) {
      if (!isOnline) throw error;
      return stop;
    }
  }

  #tell(device: DeviceState | undefined, stop: WaitingStop, request: StopRequest, listener: ReplyListener): void {
    if (device?.online === true) {
      this.#send(stop, request, listener);
      return;
    }
    if (device !== undefined) this.#show(device);
    listener(waits(request.id ?? stop.id, `Device ${stop.device} is not connected`));
  }

  #send(stop: WaitingStop, request: StopRequest, listener: ReplyListener): void {
    this.#underWay.add(stop.id);
    const { outputs, ...rest } = request;
    const action: Action = outputs === undefined ? { kind: 'stop' } : { kind: 'stop', outputs };
    const robotRequest = { ...rest, token: 0, action, payload: nothing };
    const handleReply = (reply: Reply): void => {
      listener(reply.state === 'received' ? reply : this.#settled(stop, reply));
    };
    try {
      this.#options.submit(robotRequest, handleReply);
    } catch {
      // Neither a full list of commands nor an ID that is taken holds a stop up.
      this.#options.ask({ ...robotRequest, id: undefined }, handleReply);
    }
  }

  #repeat(stop: WaitingStop): void {
    this.#underWay.add(stop.id);
    const { device, outputs, by } = stop;
    const action: Action = outputs === undefined ? { kind: 'stop' } : { kind: 'stop', outputs };
    // Kept from before a restart, perhaps: who asked may be nobody's name any more, and a stop asks for no rights twice.
    const principal = { ...localAdministrator, name: by };
    this.#options.ask({ device, principal, action, payload: nothing }, (reply) => {
      if (reply.state !== 'received') this.#settled(stop, reply);
    });
  }

  /** What became of it on the robot. Returns what its maker is told. */
  #settled(stop: WaitingStop, reply: Reply): Reply {
    this.#underWay.delete(stop.id);
    const { state, code } = reply;
    const isOver = state === 'done' || (code !== undefined && finalRefusals.has(code));
    if (!isOver && !this.#list.has(stop)) return reply;
    const device = this.#options.fleet.device(stop.device);
    if (isOver && this.#list.delete(stop)) {
      this.#forget(stop);
      const { device: id, by, outputs } = stop;
      this.#options.audit.record({ what: 'stop', device: id, principal: by, target: outputs, outcome: state, code });
    }
    if (device !== undefined) this.#show(device);
    if (isOver) return reply;
    if (device?.online === true && !this.#retries.has(stop.id)) {
      const retry = (): void => {
        this.#retries.delete(stop.id);
        if (this.#list.has(stop)) this.#repeat(stop);
      };
      this.#retries.set(stop.id, this.#options.clock.after(RETRY_MS, retry));
    }
    return waits(reply.id, `Device ${stop.device} has not confirmed it (${code ?? state})`);
  }

  /** Readers are told of stops that wait, not of those that the robot is just told. */
  #show(device: DeviceState): void {
    const stopWaits = this.#list.of(device.id).some(({ id }) => !this.#underWay.has(id));
    if (device.stopWaits === stopWaits) return;
    device.stopWaits = stopWaits;
    this.#options.fleet.announce(device, 'motion');
  }

  #forget(stop: WaitingStop): void {
    this.#cancelRetry(stop);
    this.#write('delete', stop);
  }

  #cancelRetry({ id }: WaitingStop): void {
    this.#retries.get(id)?.();
    this.#retries.delete(id);
  }

  #write(what: 'put' | 'delete', stop: WaitingStop): void {
    const { store, handleFault } = this.#options;
    const written = what === 'put' ? store.put(stop) : store.delete(stop.id);
    written.catch((error: unknown) => handleFault('a stop could not be stored', error));
  }
}

/** The robot has not said yet that it stands still: nothing better is known now. */
const waits = (id: string, why: string): Reply => ({
  id,
  state: 'unknown',
  code: 'STOP_WAITS',
  message: `${why}. The stop is kept until it does, and comes before everything else when it is back. Whether it stands still now is unknown.`,
  payload: nothing,
});
