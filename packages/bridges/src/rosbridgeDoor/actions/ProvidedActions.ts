import { RosError } from '@longline/ros';
import { DoorError } from '../../door/DoorError.ts';
import type { OpOf } from '../ClientOp.ts';
import type { DoorReader } from '../DoorReader.ts';
import { resolveName } from '../resolveName.ts';
import { ActionServer } from './ActionServer.ts';

/** Actions that one reader provides. */
export const MAX_PROVIDED_ACTIONS = 20;

/** The actions that one reader provides on the robot: goals go out to it, its feedback and results come back. */
export class ProvidedActions {
  readonly #reader: DoorReader;
  /** By full name. */
  readonly #servers = new Map<string, ActionServer>();

  constructor(reader: DoorReader) {
    this.#reader = reader;
  }

  /** The same action again replaces what was. Throws `NAME_INVALID`, `LIMIT_EXCEEDED`; what fails later is told with the op's ID. */
  advertise({ type = '', ...op }: OpOf<'advertise_action'>): void {
    const { statuses, graphView } = this.#reader;
    const name = resolveName(op.action);
    const known = this.#servers.get(name);
    if (known?.type === type && known.calledAs === op.action) return;
    if (known === undefined && this.#servers.size >= MAX_PROVIDED_ACTIONS) {
      throw new DoorError('LIMIT_EXCEEDED', `One connection provides at most ${MAX_PROVIDED_ACTIONS} actions.`);
    }
    const server = new ActionServer({ reader: this.#reader, name, op: { ...op, type } });
    known?.close('the action was advertised anew');
    this.#servers.set(name, server);
    const opened = server.open().catch((error: unknown) => {
      if (this.#servers.get(name) === server) this.#servers.delete(name);
      server.close('the action could not be advertised');
      statuses.refuse(error, { about: name, id: op.id });
    });
    void opened.then(() => graphView.forget());
  }

  /** What is not there is gone already. Throws `NAME_INVALID`. */
  unadvertise(action: string): void {
    const name = resolveName(action);
    this.#servers.get(name)?.close('the action was unadvertised');
    this.#servers.delete(name);
    this.#reader.graphView.forget();
  }

  /** Throws `NAME_INVALID`, `GOAL_UNKNOWN`. */
  handleFeedback(op: OpOf<'action_feedback'>): void {
    this.#find(op.action).handleFeedback(op);
  }

  /** Throws `NAME_INVALID`, `GOAL_UNKNOWN`. */
  handleResult(op: OpOf<'action_result'>): void {
    this.#find(op.action).handleResult(op);
  }

  close(): void {
    for (const server of this.#servers.values()) server.close('the client that provides the action is gone');
    this.#servers.clear();
  }

  #find(action: string): ActionServer {
    const server = this.#servers.get(resolveName(action));
    if (server !== undefined) return server;
    throw new RosError('GOAL_UNKNOWN', `This connection does not provide ${action}. Send advertise_action first.`);
  }
}
