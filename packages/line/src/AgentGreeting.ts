import { challengeSchema, MAX_CHALLENGE_BYTES } from './challenge.ts';
import type { Challenge, HelloSigner } from './challenge.ts';
import { LineError } from './errors.ts';
import { welcomeSchema } from './hello.ts';
import type { AgentHello, Welcome } from './hello.ts';
import { encodeHello } from './helloRecord.ts';
import { decodeJson } from './jsonRecord.ts';
import type { LineCore } from './LineCore.ts';
import type { RecordKindName } from './recordKinds.ts';

/** The agent's side of the greeting on one socket (clauses 2.1 and 2.8): it answers the challenge as soon as it may speak. */
export class AgentGreeting {
  readonly #core: LineCore;
  readonly #hello: AgentHello;
  readonly #signer: HelloSigner | undefined;
  #challenge: Challenge | undefined;
  #mayGreet = false;

  constructor(options: {
    readonly core: LineCore;
    readonly hello: AgentHello;
    readonly signer: HelloSigner | undefined;
  }) {
    this.#core = options.core;
    this.#hello = options.hello;
    this.#signer = options.signer;
  }

  /** It may say hello now: at once where the challenge came already. */
  handleOpen(): void {
    if (this.#mayGreet) return;
    this.#mayGreet = true;
    if (this.#challenge !== undefined) this.#greet(this.#challenge);
  }

  /**
   * A record came before the greeting was over; gives the welcome when it was that. Throws `FRAME_UNEXPECTED`,
   * `FRAME_MALFORMED`, `SERVER_UNEXPECTED`.
   */
  handleRecord(kind: RecordKindName, body: Uint8Array): Welcome | undefined {
    if (this.#challenge === undefined) {
      if (kind !== 'challenge') throw new LineError('FRAME_UNEXPECTED', `a ${kind} came where the challenge was due`);
      this.#challenge = decodeJson('challenge', body, challengeSchema, MAX_CHALLENGE_BYTES);
      this.#checkName(this.#challenge.server);
      if (this.#mayGreet) this.#greet(this.#challenge);
      return undefined;
    }
    if (kind !== 'welcome' || !this.#mayGreet)
      throw new LineError('FRAME_UNEXPECTED', `a ${kind} came where the welcome was due`);
    return decodeJson('welcome', body, welcomeSchema, this.#core.limits.maxJsonBytes);
  }

  #checkName(server: string): void {
    if (this.#signer === undefined || this.#signer.server === server) return;
    throw new LineError(
      'SERVER_UNEXPECTED',
      `this robot joined the server ${this.#signer.server}; ${server} answered. Join that one, or correct the address`,
    );
  }

  #greet(challenge: Challenge): void {
    this.#core.greet(encodeHello(this.#hello, challenge, this.#signer));
  }
}
