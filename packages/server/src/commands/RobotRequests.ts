import { isCommand } from '@longline/line';
import type { Reply, ReplyListener } from '@longline/line';
import type { StandingCommands } from '../standing/StandingCommands.ts';
import type { Command } from './Command.ts';
import { rejected } from './Commands.ts';
import type { Commands, RobotRequest } from './Commands.ts';

/** The one way by which every door asks something of a robot: each kind of request goes where it is kept account of. */
export class RobotRequests {
  readonly #commands: Commands;
  readonly #standing: StandingCommands;

  constructor(commands: Commands, standing: StandingCommands) {
    this.#commands = commands;
    this.#standing = standing;
  }

  /** Sends a command. Throws as {@link Commands.submit} and {@link StandingCommands.set} do. */
  submit(request: RobotRequest): Command {
    const { action } = request;
    switch (action.kind) {
      case 'standing.set':
        return this.#standing.set({ ...request, action });
      case 'standing.end':
        return this.#standing.end({ ...request, action });
      default:
        return this.#commands.submit(request);
    }
  }

  /** Sends any request; the listener hears at most one `received`, then one final word, perhaps at once. Throws as `submit` does. */
  send(request: RobotRequest, listener: ReplyListener): void {
    if (isCommand(request.action)) this.submit(request).watch(listener);
    else this.#commands.ask(request, listener);
  }

  /** Sends any request and resolves to its final word. Rejects with the signal's reason; a command goes on nevertheless. */
  async request(request: RobotRequest, signal?: AbortSignal): Promise<Reply> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const handleAbort = (): void => reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal?.addEventListener('abort', handleAbort, { once: true });
    try {
      this.send(request, (reply) => {
        if (reply.state !== 'received') resolve(reply);
      });
    } catch (error) {
      resolve(rejected(request.id ?? '', error));
    }
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', handleAbort);
    }
  }
}
