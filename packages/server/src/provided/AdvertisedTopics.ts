import { randomUUID } from 'node:crypto';
import type { Action, ReplyListener } from '@longline/line';
import type { MayStill } from '../access/mayStill.ts';
import type { Commands } from '../commands/Commands.ts';
import { rejected } from '../commands/rejected.ts';
import type { RobotRequest } from '../commands/RobotRequest.ts';
import { ServerError } from '../errors.ts';
import type { DeviceState } from '../fleet/DeviceState.ts';
import type { DeviceEvent, DeviceWatcher } from '../fleet/FleetWatcher.ts';
import type { RequestOf } from './ProvidedServices.ts';

interface Advertised {
  readonly request: RequestOf<'topic.advertise'>;
  /** How often its owner advertised it. */
  holds: number;
}

/** Topics that one owner has advertised at a time. */
export const MAX_ADVERTISED_TOPICS = 256;
const nothing = new Uint8Array(0);

/**
 * Which topics are advertised on which robot from afar, by whom: told again on each new line, until the owner unadvertises them as
 * often as it advertised them, or is gone (clause 5.14).
 */
export class AdvertisedTopics implements DeviceWatcher {
  readonly #ask: Commands['ask'];
  readonly #advertised = new Set<Advertised>();

  constructor(ask: Commands['ask']) {
    this.#ask = ask;
  }

  /** Topics that are advertised, or about to be. */
  get size(): number {
    return this.#advertised.size;
  }

  /** The listener hears `done` when ROS knows the topic. What failed is not held. */
  advertise(request: RequestOf<'topic.advertise'>, listener: ReplyListener): void {
    let advertised = this.#find(request);
    if (advertised === undefined) {
      if (this.#countOf(request.owner) >= MAX_ADVERTISED_TOPICS) {
        listener(rejected('', tooMany()));
        return;
      }
      // Whoever asks does not choose the name under which the robot holds it: nobody else can let go of it.
      const action = { ...request.action, holder: randomUUID() };
      advertised = { request: { ...request, action, token: 0 }, holds: 0 };
      this.#advertised.add(advertised);
    }
    const held = advertised;
    held.holds++;
    this.#ask(held.request, (reply) => {
      if (reply.state !== 'received' && reply.state !== 'done' && --held.holds <= 0) this.#end(held);
      else if (reply.state === 'done' && !this.#advertised.has(held)) this.#unadvertise(held);
      listener(reply);
    });
  }

  /** `NOT_PROVIDED` where its owner does not advertise it. */
  unadvertise(request: RequestOf<'topic.unadvertise'>, listener: ReplyListener): void {
    const advertised = this.#find(request);
    if (advertised === undefined) {
      const { device, action } = request;
      const what = `You do not advertise ${action.topic} on ${device}, or no longer.`;
      listener(rejected('', new ServerError('NOT_PROVIDED', what, { details: { device, topic: action.topic } })));
      return;
    }
    if (--advertised.holds <= 0) this.#end(advertised);
    listener({ id: '', state: 'done', encoding: 'json', payload: nothing });
  }

  /** A new line knows nothing of them. */
  handleDevice({ id }: DeviceState, event: DeviceEvent): void {
    if (event !== 'online') return;
    for (const { request } of this.#advertised) {
      if (request.device === id) this.#ask({ ...request, ageMs: 0 }, () => undefined);
    }
  }

  /** Who advertised under this owner is gone. */
  endOwner(owner: object): void {
    for (const advertised of [...this.#advertised]) if (advertised.request.owner === owner) this.#end(advertised);
  }

  /** Ends what the principal of this ID advertises and may no longer. */
  revoke(id: string, mayStill: MayStill): void {
    for (const advertised of [...this.#advertised]) {
      const { principal, device, action } = advertised.request;
      if (principal.id === id && !mayStill(device, action)) this.#end(advertised);
    }
  }

  #end(advertised: Advertised): void {
    if (this.#advertised.delete(advertised)) this.#unadvertise(advertised);
  }

  #unadvertise({ request: { device, principal, action } }: Advertised): void {
    const end: Action = { kind: 'topic.unadvertise', topic: action.topic, holder: action.holder };
    this.#ask({ device, principal, action: end, payload: nothing }, () => undefined);
  }

  #countOf(owner: object | undefined): number {
    let count = 0;
    for (const { request } of this.#advertised) if (request.owner === owner) count++;
    return count;
  }

  #find({ owner, device, action }: RobotRequest & { readonly action: { readonly topic: string } }) {
    for (const advertised of this.#advertised) {
      const { request } = advertised;
      if (owner === undefined || request.owner !== owner || request.device !== device) continue;
      if (request.action.topic === action.topic) return advertised;
    }
    return undefined;
  }
}

const tooMany = (): ServerError =>
  new ServerError(
    'TOO_MANY_REQUESTS',
    `${MAX_ADVERTISED_TOPICS} topics are advertised over this connection, and no more are taken. Unadvertise some.`,
  );
