import { createPrivateKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { HelloSigner } from '@longline/line';
import type { Log } from '@longline/ros';
import { AgentError } from '../errors.ts';
import { IDENTITY_FILE, readIdentity } from './identityFile.ts';
import type { RobotIdentity } from './RobotIdentity.ts';

/** What is known of the file without reading it. */
function stampOf(path: string): string {
  try {
    const { ctimeMs, ino, mode, size } = statSync(path);
    return `${ino} ${ctimeMs} ${size} ${mode}`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  }
}

/** Signs hellos with the identity in a state folder, which is read anew when it has changed: who joins need not start the agent again. */
export class IdentitySigner {
  readonly #folder: string;
  readonly #device: string;
  readonly #log: Log;
  #stamp: string | undefined;
  #identity: RobotIdentity | undefined;
  #signer: HelloSigner | undefined;

  constructor(options: { readonly folder: string; readonly device: string; readonly log: Log }) {
    this.#folder = options.folder;
    this.#device = options.device;
    this.#log = options.log;
  }

  /** For the next hello; undefined where this device has not joined. What cannot be used is told in the log, once for each change. */
  get signer(): HelloSigner | undefined {
    this.#look();
    return this.#signer;
  }

  /** Another one for another identity. */
  get stamp(): string {
    return stampOf(join(this.#folder, IDENTITY_FILE));
  }

  /** Own certificate authority of the server, in PEM. */
  get ca(): string | undefined {
    this.#look();
    return this.#identity?.ca;
  }

  #look(): void {
    const stamp = stampOf(join(this.#folder, IDENTITY_FILE));
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    this.#identity = undefined;
    this.#signer = undefined;
    try {
      this.#take(readIdentity(this.#folder));
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      this.#log.error({ code: error.code }, `the robot cannot prove who it is: ${error.message}`);
    }
  }

  #take(identity: RobotIdentity | undefined): void {
    if (identity === undefined) return;
    const { device, privateKey, server } = identity;
    if (device !== this.#device) {
      throw new AgentError(
        'IDENTITY_UNUSABLE',
        `${join(this.#folder, IDENTITY_FILE)} is that of ${device}, and this agent is ${this.#device}. Correct "device" in the config, or join anew.`,
      );
    }
    const key = keyOf(privateKey, this.#folder);
    this.#identity = identity;
    this.#signer = { server, sign: (text) => sign(null, text, key) };
  }
}

function keyOf(pem: string, folder: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // What went wrong might quote the key.
  }
  throw new AgentError(
    'IDENTITY_UNUSABLE',
    `${join(folder, IDENTITY_FILE)} has no Ed25519 key. Let this robot join anew: longline device rotate ID`,
  );
}
