import { isFinalState } from '@longline/line';
import type { Action, Reply, ReplyListener } from '@longline/line';
import type { MayStill } from '../access/mayStill.ts';
import type { Commands } from '../commands/Commands.ts';
import { rejected } from '../commands/rejected.ts';
import type { RobotRequest } from '../commands/RobotRequest.ts';
import { ServerError } from '../errors.ts';
import type { AuditSink } from '../motion/AuditSink.ts';

/** Calls of one provided service that wait for an answer; of more the oldest cannot be answered any more. */
export const MAX_AWAITED_CALLS = 1_000;

/** A request of one kind. */
export type RequestOf<Kind extends Action['kind']> = RobotRequest & {
  readonly action: Extract<Action, { kind: Kind }>;
};

interface Provided {
  readonly request: RequestOf<'service.advertise'>;
  readonly listener: ReplyListener;
  readonly calls: Set<number>;
  isKnown: boolean;
}

const nothing = new Uint8Array(0);

/** Who provides which service on which robot from afar: only that one answers its calls, and it ends with that one (clause 5.13). */
export class ProvidedServices {
  readonly #ask: Commands['ask'];
  readonly #audit: AuditSink;
  readonly #provided = new Set<Provided>();

  constructor(options: { readonly ask: Commands['ask']; readonly audit: AuditSink }) {
    this.#ask = options.ask;
    this.#audit = options.audit;
  }

  /** Services that are provided, or about to be. */
  get size(): number {
    return this.#provided.size;
  }

  /** The listener hears `done` when the robot's ROS knows it, then its calls, and a last word when it ended. */
  advertise(request: RequestOf<'service.advertise'>, listener: ReplyListener): void {
    this.#replace(request);
    const provided: Provided = { request, listener, calls: new Set(), isKnown: false };
    this.#provided.add(provided);
    this.#ask({ ...request, token: 0 }, (reply) => this.#handleReply(provided, reply));
  }

  /** Ends what its owner provides. The listener hears what the robot made of it; `NOT_PROVIDED` where there is nothing. */
  unadvertise(request: RequestOf<'service.unadvertise'>, listener: ReplyListener): void {
    if (this.#find(request) === undefined) listener(notProvided(request));
    else this.#ask({ ...request, token: 0 }, listener);
  }

  /** Answers one call. The listener hears what the robot made of the answer; `NOT_PROVIDED` for a call of somebody else. */
  respond(request: RequestOf<'service.respond'>, listener: ReplyListener): void {
    if (this.#find(request)?.calls.delete(request.action.call) === true) this.#ask({ ...request, token: 0 }, listener);
    else listener(notProvided(request));
  }

  /** Ends all that an owner provides: who would answer is gone. */
  endOwner(owner: object): void {
    for (const provided of [...this.#provided]) {
      if (provided.request.owner === owner) this.#end(provided);
    }
  }

  /** Ends what the principal of this ID provides and may no longer. */
  revoke(id: string, mayStill: MayStill): void {
    for (const provided of [...this.#provided]) {
      const { principal, device, action } = provided.request;
      if (principal.id !== id || mayStill(device, action)) continue;
      this.#end(provided, 'ACCESS_REVOKED');
      const message = `${principal.name} may provide ${action.service} on ${device} no longer.`;
      provided.listener({ id: '', state: 'cancelled', code: 'ACCESS_REVOKED', message, payload: nothing });
    }
  }

  /** The same provider comes again: its last connection is dead, whatever that looks like from here. */
  #replace({ device, principal, action: { service, provider } }: RequestOf<'service.advertise'>): void {
    if (provider === undefined) return;
    for (const older of [...this.#provided]) {
      const { request, listener } = older;
      const isSame =
        request.device === device &&
        request.principal.id === principal.id &&
        request.action.service === service &&
        request.action.provider === provider;
      if (!isSame) continue;
      this.#end(older);
      const message = `${service} on ${device} is provided on a newer connection of its provider.`;
      listener({ id: '', state: 'cancelled', code: 'LINE_REPLACED', message, payload: nothing });
    }
  }

  #handleReply(provided: Provided, reply: Reply): void {
    if (!this.#provided.has(provided)) {
      // Its owner went while the robot was being asked.
      if (reply.state === 'done') this.#unadvertise(provided);
      return;
    }
    const { state, call, code } = reply;
    if (state === 'done') {
      provided.isKnown = true;
      this.#record('service.advertise', provided);
    } else if (state === 'called' && call !== undefined) {
      provided.calls.add(call);
      const [oldest] = provided.calls;
      if (provided.calls.size > MAX_AWAITED_CALLS && oldest !== undefined) provided.calls.delete(oldest);
    } else if (isFinalState(state)) {
      this.#remove(provided, code);
      // What did not answer may know it all the same.
      if (code === 'REPLY_MISSING') this.#unadvertise(provided);
    }
    provided.listener(reply);
  }

  #end(provided: Provided, code?: string): void {
    this.#remove(provided, code);
    this.#unadvertise(provided);
  }

  #unadvertise({ request }: Provided): void {
    const { device, principal, action } = request;
    const end: RobotRequest['action'] = { kind: 'service.unadvertise', service: action.service };
    this.#ask({ device, principal, action: end, payload: nothing }, () => undefined);
  }

  #remove(provided: Provided, code: string | undefined): void {
    if (this.#provided.delete(provided) && provided.isKnown) this.#record('service.unadvertise', provided, code);
  }

  #find({
    owner,
    device,
    action: { service },
  }: RequestOf<'service.respond' | 'service.unadvertise'>): Provided | undefined {
    if (owner === undefined) return undefined;
    for (const provided of this.#provided) {
      const { request } = provided;
      if (request.owner === owner && request.device === device && request.action.service === service) return provided;
    }
    return undefined;
  }

  #record(what: 'service.advertise' | 'service.unadvertise', { request }: Provided, code?: string): void {
    const { device, principal, action } = request;
    const details = { type: action.type };
    this.#audit.record({ what, device, principal: principal.name, target: action.service, code, details });
  }
}

const notProvided = ({ device, action }: RequestOf<'service.respond' | 'service.unadvertise'>): Reply => {
  const what =
    action.kind === 'service.respond'
      ? `Call ${action.call} of ${action.service} on ${device} is not open for you: it was answered, or somebody else provides the service.`
      : `You do not provide ${action.service} on ${device}: it has ended, or somebody else provides it.`;
  return rejected('', new ServerError('NOT_PROVIDED', what, { details: { device, service: action.service } }));
};
