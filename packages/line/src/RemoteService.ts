import { reconnectDelayMs } from '@longline/ros';
import type { Disposer, OperationOptions, ServiceAdvertisement, ServiceHandler, ServiceSchema } from '@longline/ros';
import type { Reply } from './OpenRequests.ts';
import { servicePayloadSchema } from './payloads.ts';
import type { RemoteRobot } from './RemoteGraph.ts';
import { replyError } from './replyError.ts';
import { ServiceCalls } from './ServiceCalls.ts';

/** How long one attempt to provide the service again may take, in milliseconds. */
const AGAIN_DEADLINE_MS = 5_000;

export interface RemoteServiceOptions {
  readonly robot: RemoteRobot;
  readonly advertisement: ServiceAdvertisement;
  readonly handler: ServiceHandler;
}

const decoder = new TextDecoder();

/** A service that this side provides on a robot at the far end of a line (clause 5.13): again after each new line. */
export class RemoteService {
  readonly #options: RemoteServiceOptions;
  /** With the next connection it takes the place of its own last one, which the server may still believe alive. */
  readonly #provider = Math.random().toString(36).slice(2) || '0';
  #calls: ServiceCalls | undefined;
  #stopStatus: Disposer | undefined;
  #cancelRetry: Disposer | undefined;
  #isConnected = false;
  #isTrying = false;
  #failures = 0;
  #closed = false;

  constructor(options: RemoteServiceOptions) {
    this.#options = options;
  }

  /** Provides it for the first time; from then on until it is closed. Rejects with the robot's reason. */
  async advertise(options: OperationOptions): Promise<ServiceSchema> {
    const schema = await this.#advertise(options);
    this.#stopStatus = this.#options.robot.watchStatus(({ state }) => this.#handleStatus(state === 'connected'));
    return schema;
  }

  /** Idempotent. The robot's other calls of it fail from now on. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopStatus?.();
    this.#cancelRetry?.();
    if (this.#calls === undefined) return;
    this.#endCalls('the service is provided no longer');
    this.#unadvertise();
  }

  #unadvertise(): void {
    const { robot, advertisement } = this.#options;
    const action = { kind: 'service.unadvertise', service: advertisement.service } as const;
    // Where it cannot be sent the line is gone, and with it the service.
    robot.request(action, new Uint8Array(0), { deadlineMs: AGAIN_DEADLINE_MS }).catch(() => undefined);
  }

  #isProvided(): boolean {
    return this.#calls !== undefined;
  }

  async #advertise(options: OperationOptions): Promise<ServiceSchema> {
    const { robot, advertisement, handler } = this.#options;
    const { service, type } = advertisement;
    const calls = new ServiceCalls({ robot, service, handler });
    this.#calls = calls;
    const { promise, resolve, reject } = Promise.withResolvers<ServiceSchema>();
    const handleAbort = (): void => {
      reject(asError(options.signal?.reason));
      this.close();
    };
    options.signal?.addEventListener('abort', handleAbort, { once: true });
    try {
      await robot.open({ kind: 'service.advertise', service, type, provider: this.#provider }, options, (reply) => {
        if (reply.state === 'received') return;
        if (reply.state === 'called') calls.handleCall(reply);
        else if (reply.state === 'done') settle(() => resolve(calls.begin(schemaOf(reply))), reject);
        else this.#handleEnd(calls, reply, reject);
      });
      return await promise;
    } catch (error) {
      if (this.#calls === calls) this.#endCalls('the service could not be provided');
      throw error;
    } finally {
      options.signal?.removeEventListener('abort', handleAbort);
    }
  }

  /** The line, the robot or the server ended it. */
  #handleEnd(calls: ServiceCalls, reply: Reply, reject: (error: Error) => void): void {
    reject(replyError(reply));
    // The robot may know it all the same.
    if (reply.code === 'REPLY_MISSING') this.#unadvertise();
    if (this.#calls !== calls || !calls.hasBegun) return;
    this.#endCalls('the line to the robot ended');
    this.#retry();
  }

  #endCalls(why: string): void {
    this.#calls?.end(why);
    this.#calls = undefined;
  }

  #handleStatus(isConnected: boolean): void {
    const isBack = isConnected && !this.#isConnected;
    this.#isConnected = isConnected;
    if (!isBack) return;
    this.#failures = 0;
    void this.#again();
  }

  async #again(): Promise<void> {
    if (this.#closed || this.#isTrying || this.#isProvided() || !this.#isConnected) return;
    this.#cancelRetry?.();
    this.#isTrying = true;
    try {
      await this.#advertise({ deadlineMs: AGAIN_DEADLINE_MS });
      this.#failures = 0;
    } catch {
      this.#failures += 1;
    } finally {
      this.#isTrying = false;
    }
    if (!this.#isProvided()) this.#retry();
  }

  #retry(): void {
    this.#cancelRetry?.();
    if (this.#closed) return;
    const delayMs = reconnectDelayMs(this.#failures, Math.random());
    this.#cancelRetry = this.#options.robot.clock.after(delayMs, () => void this.#again());
  }
}

const schemaOf = ({ payload }: Reply): ServiceSchema => servicePayloadSchema.parse(JSON.parse(decoder.decode(payload)));

function settle(work: () => void, reject: (error: Error) => void): void {
  try {
    work();
  } catch (error) {
    reject(asError(error));
  }
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
