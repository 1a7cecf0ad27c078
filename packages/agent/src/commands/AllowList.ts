import { matchesAny } from '@longline/ros';
import type { AgentConfig } from '../config/AgentConfig.ts';
import { AgentError } from '../errors.ts';

/** The robot's last word on what may come from outside: what the config does not allow is refused, whoever asks. */
export class AllowList {
  readonly #publish: (name: string) => boolean;
  readonly #call: (name: string) => boolean;
  readonly #setParameters: (name: string) => boolean;
  readonly #provide: (name: string) => boolean;

  constructor(allow: AgentConfig['allow']) {
    this.#publish = matchesAny(allow.publish);
    this.#call = matchesAny(allow.call);
    this.#setParameters = matchesAny(allow.setParameters);
    this.#provide = matchesAny(allow.provide);
  }

  /** Throws `NOT_ALLOWED` that names the key of the config. */
  checkPublish(topic: string): void {
    if (!this.#publish(topic)) throw notAllowed('Publishing on', topic, 'publish');
  }

  checkCall(service: string): void {
    if (!this.#call(service)) throw notAllowed('Calling', service, 'call');
  }

  checkProvide(service: string): void {
    if (!this.#provide(service)) throw notAllowed('Providing', service, 'provide');
  }

  /** The parameters of ROS 2 nodes, `/node:name`, are matched as `/node/name`. */
  checkSetParameter(name: string): void {
    if (!this.#setParameters(name.replaceAll(':', '/'))) throw notAllowed('Setting', name, 'setParameters');
  }
}

const notAllowed = (doing: string, name: string, key: string): AgentError =>
  new AgentError(
    'NOT_ALLOWED',
    `${doing} ${name} is not allowed on this robot. Add ${name} under "allow: ${key}:" in the agent's config on the robot.`,
    { details: { name, key: `allow.${key}` } },
  );
