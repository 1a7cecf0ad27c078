import { generateKeyPairSync, randomFillSync } from 'node:crypto';
import { LineError, NONCE_BYTES } from '@longline/line';
import type { AgentHello, Challenge, HelloProof } from '@longline/line';
import type { CredentialStore } from './CredentialStore.ts';
import { verifyEd25519 } from './verifyEd25519.ts';

/** The ID under which a robot's connections are kept in `Sessions`. */
export const deviceSession = (device: string): string => `device:${device}`;

/** Says whether an agent is the robot that it names (protocol, clause 2.8). Whether the server is locked is decided when this is made. */
export class RobotAdmission {
  /** Else everybody is let in. */
  readonly isLocked: boolean;
  readonly #store: Pick<CredentialStore, 'robotKey'>;
  readonly #name: string;

  constructor(options: {
    readonly store: Pick<CredentialStore, 'isLocked' | 'robotKey'>;
    /** Of the server, as robots sign it. */
    readonly name: string;
  }) {
    this.isLocked = options.store.isLocked;
    this.#store = options.store;
    this.#name = options.name;
  }

  /** The first word on a new connection. */
  challenge(): Challenge {
    return { nonce: randomFillSync(nonce).toString('base64url'), server: this.#name };
  }

  /**
   * Rejects with `DEVICE_KEY_NEEDED`, `DEVICE_KEY_UNKNOWN`, `DEVICE_KEY_REVOKED` or `SIGNATURE_INVALID` where the server is locked and
   * the hello is not signed by the device's key. A device that never joined takes as long as a wrong signature.
   */
  async check({ device }: Pick<AgentHello, 'device'>, { signature, text }: HelloProof): Promise<void> {
    if (!this.isLocked) return;
    if (signature.length === 0)
      throw new LineError('DEVICE_KEY_NEEDED', `this server is locked; ${toJoin('add', device)}`);
    const { publicKey = nobodysKey } = this.#store.robotKey(device) ?? {};
    // A view into the frame, which is over when the answer comes.
    const isSigned = await verifyEd25519(publicKey, text, signature.slice());
    // It may have been revoked or exchanged meanwhile.
    const key = this.#store.robotKey(device);
    if (key === undefined)
      throw new LineError('DEVICE_KEY_UNKNOWN', `the robot never joined; ${toJoin('add', device)}`);
    if (!isSigned || key.publicKey !== publicKey)
      throw new LineError('SIGNATURE_INVALID', `another key joined for it; ${toJoin('rotate', device)}`);
    if (key.revokedMs !== undefined)
      throw new LineError('DEVICE_KEY_REVOKED', `its key was revoked; ${toJoin('add', device)}`);
  }
}

/** One for all: a nonce is read at once. Thousands of robots may come back together. */
const nonce = Buffer.alloc(NONCE_BYTES);

const toJoin = (verb: 'add' | 'rotate', device: string): string => `longline device ${verb} ${device} lets it join`;

/** Stands for the key of a device that has none. */
const nobodysKey = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x ?? '';
