import type { Action, Reply } from '@longline/line';
import { localAdministrator } from '../access/Principal.ts';
import type { Principal } from '../access/Principal.ts';
import type { ServerRooms } from '../testing/ServerRooms.fixture.ts';
import type { MotionRefusal, MotionStream } from './MotionStream.ts';

/** Somebody who moves robots, for the tests of this folder: asks as a door does, and keeps what comes back. */
export class Operator {
  readonly principal: Principal;
  readonly refusals: MotionRefusal[] = [];
  readonly #rooms: ServerRooms;

  constructor(rooms: ServerRooms, name: string) {
    this.#rooms = rooms;
    this.principal = { ...localAdministrator, id: name, name };
  }

  /** Asks, and keeps every word of the answer; a refusal before the robot was asked is one too. */
  ask(
    action: Action,
    options: { readonly token?: number; readonly ageMs?: number; readonly device?: string; readonly id?: string } = {},
    listener: (reply: Reply) => void = () => undefined,
  ): Reply[] {
    const { device = 'r1', ...rest } = options;
    const replies: Reply[] = [];
    const request = { ...rest, device, action, payload: new TextEncoder().encode('{}'), principal: this.principal };
    try {
      this.#rooms.requests.send(request, (reply) => {
        replies.push(reply);
        listener(reply);
      });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      replies.push({
        id: '',
        state: 'rejected',
        code: String(error.code),
        message: error.message,
        payload: new Uint8Array(0),
      });
    }
    return replies;
  }

  take(options: { readonly holdMs?: number; readonly takeOver?: boolean; readonly ageMs?: number } = {}): Reply[] {
    const { holdMs = 1_000, takeOver, ageMs = 0 } = options;
    return this.ask({ kind: 'lease.take', holdMs, ...(takeOver === undefined ? {} : { takeOver }) }, { ageMs });
  }

  open(token: number, device = 'r1'): MotionStream {
    const { principal } = this;
    const handleRefusal = (refusal: MotionRefusal): void => void this.refusals.push(refusal);
    return this.#rooms.requests.openMotion({ device, token, principal, handleRefusal });
  }

  get codes(): string[] {
    return this.refusals.map(({ code }) => code);
  }
}

/** What was heard, in short: `done {"token":1,"holdMs":1000}`. */
export const words = (replies: readonly Reply[]): string[] =>
  replies.map(({ state, code, payload }) =>
    [state, code, new TextDecoder().decode(payload)].filter((part) => part !== undefined && part !== '').join(' '),
  );

/** A frame of motion, `{}` by default. */
export const frame = (
  options: {
    readonly topic?: string;
    readonly ageMs?: number;
    readonly sequence?: number;
    readonly text?: string;
  } = {},
): Parameters<MotionStream['send']>[0] => {
  const { topic = '/cmd_vel', ageMs = 0, sequence, text = '{}' } = options;
  return {
    action: { kind: 'motion', topic, encoding: 'json' },
    payload: new TextEncoder().encode(text),
    ageMs,
    deadlineMs: 1_000,
    sequence,
  };
};
