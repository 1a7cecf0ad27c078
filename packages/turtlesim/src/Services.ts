import { checkTopicName, codecFor, ros1TypeName, RosError } from '@longline/ros';
import type {
  ProvidedService,
  RosObject,
  ServiceAdvertisement,
  ServiceHandler,
  ServiceInfo,
  ServiceSchema,
} from '@longline/ros';
import { serviceDefinition } from './definitions.ts';
import { joinGraphName } from './graphName.ts';
import type { Loggers } from './Loggers.ts';
import { numberField, textField } from './requestField.ts';
import { OWN_NODE_NAME } from './Topic.ts';
import { MAX_PENDING_TELEPORTS } from './Turtle.ts';
import { NODE_NAME, ServiceRefusal } from './TurtleFrame.ts';
import type { NamedTurtle, TurtleFrame } from './TurtleFrame.ts';

/** Services provided by others at once; one more is refused. */
export const MAX_PROVIDED_SERVICES = 1_000;

interface Service {
  readonly type: string;
  /** Answers the response. Throws {@link ServiceRefusal} in the node's words. */
  readonly handle: (request: RosObject) => Readonly<Record<string, unknown>>;
}

/** A service that another node of the graph provides: whoever has this graph. */
interface OthersService {
  readonly type: string;
  readonly answer: (data: Uint8Array) => Promise<Uint8Array>;
}

/** The node's services: those of the window for ever, those of a turtle while it lives. */
export class Services {
  readonly #services = new Map<string, Service>();
  readonly #others = new Map<string, OthersService>();

  constructor(frame: TurtleFrame, loggers: Loggers) {
    this.#addAction('/clear', 'std_srvs/Empty', () => frame.clear());
    this.#addAction('/reset', 'std_srvs/Empty', () => frame.reset());
    this.#addAction('/kill', 'turtlesim/Kill', (request) => frame.kill(textField(request, 'name')));
    this.#add('/spawn', 'turtlesim/Spawn', (request) => ({
      name: frame.spawn({
        name: textField(request, 'name'),
        x: numberField(request, 'x'),
        y: numberField(request, 'y'),
        theta: numberField(request, 'theta'),
      }),
    }));
    this.#add(`${NODE_NAME}/get_loggers`, 'roscpp/GetLoggers', () => ({ loggers: loggers.list }));
    this.#addAction(`${NODE_NAME}/set_logger_level`, 'roscpp/SetLoggerLevel', (request) => {
      const [logger, level] = [textField(request, 'logger'), textField(request, 'level')];
      if (!loggers.setLevel(logger, level))
        throw new ServiceRefusal(`There is no logger [${logger}] or level [${level}]`);
    });
  }

  get infos(): ServiceInfo[] {
    const own = [...this.#services].map(([name, { type }]) => ({ name, type, providers: [NODE_NAME] }));
    return [...this.#others]
      .map(([name, { type }]) => ({ name, type, providers: [OWN_NODE_NAME] }))
      .concat(own)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  handleSpawn({ namespace, turtle }: NamedTurtle): void {
    this.#addAction(joinGraphName(namespace, 'set_pen'), 'turtlesim/SetPen', (request) =>
      turtle.setPen({
        r: numberField(request, 'r'),
        g: numberField(request, 'g'),
        b: numberField(request, 'b'),
        width: numberField(request, 'width'),
        off: numberField(request, 'off'),
      }),
    );
    this.#addAction(joinGraphName(namespace, 'teleport_absolute'), 'turtlesim/TeleportAbsolute', (request) => {
      const [x, y, theta] = [numberField(request, 'x'), numberField(request, 'y'), numberField(request, 'theta')];
      refuseUnless(turtle.teleport({ kind: 'absolute', x, y, theta }));
    });
    this.#addAction(joinGraphName(namespace, 'teleport_relative'), 'turtlesim/TeleportRelative', (request) => {
      const [linear, angular] = [numberField(request, 'linear'), numberField(request, 'angular')];
      refuseUnless(turtle.teleport({ kind: 'relative', linear, angular }));
    });
  }

  handleKill({ namespace }: NamedTurtle): void {
    for (const leaf of ['set_pen', 'teleport_absolute', 'teleport_relative']) {
      this.#services.delete(joinGraphName(namespace, leaf));
    }
  }

  /** The type of a service. Throws `SERVICE_UNKNOWN`. */
  typeOf(name: string): string {
    return (this.#others.get(name) ?? this.#find(name)).type;
  }

  /** Another node provides a service until the disposer is called. Throws `SERVICE_EXISTS`, `TYPE_UNKNOWN`, `NOT_SUPPORTED`. */
  provide(advertisement: ServiceAdvertisement, handler: ServiceHandler): ProvidedService {
    const name = checkTopicName(advertisement.service);
    const type = ros1TypeName(advertisement.type);
    const schema = serviceDefinition(type);
    if (this.#services.has(name) || this.#others.has(name)) {
      throw new RosError('SERVICE_EXISTS', `${name} is provided already. Choose another name.`, {
        details: { service: name },
      });
    }
    if (this.#others.size >= MAX_PROVIDED_SERVICES) {
      throw new RosError('NOT_SUPPORTED', `${MAX_PROVIDED_SERVICES} services are provided already: close some first.`);
    }
    const gone = new AbortController();
    const service: OthersService = { type, answer: (data) => answerOf(name, handler, data, schema, gone.signal) };
    this.#others.set(name, service);
    const close = (): void => {
      if (this.#others.get(name) === service) this.#others.delete(name);
      gone.abort(new RosError('SERVICE_FAILED', `${name} is provided no longer.`));
    };
    return { schema, close };
  }

  /** Calls with and answers serialized bytes. Throws `SERVICE_UNKNOWN`, `SERVICE_FAILED` or `MESSAGE_INVALID`. */
  call(name: string, data: Uint8Array): Uint8Array | Promise<Uint8Array> {
    const other = this.#others.get(name);
    if (other !== undefined) return other.answer(data);
    const service = this.#find(name);
    const { request, response } = serviceDefinition(service.type);
    const decoded = codecFor(request, 'ros1').decode(data);
    try {
      return codecFor(response, 'ros1').encode(service.handle(decoded));
    } catch (error) {
      if (!(error instanceof ServiceRefusal)) throw error;
      throw new RosError('SERVICE_FAILED', error.message, { cause: error, details: { service: name } });
    }
  }

  /** A service whose response is empty. */
  #addAction(name: string, type: string, act: (request: RosObject) => void): void {
    this.#add(name, type, (request) => {
      act(request);
      return {};
    });
  }

  #add(name: string, type: string, handle: Service['handle']): void {
    this.#services.set(name, { type, handle });
  }

  #find(name: string): Service {
    const service = this.#services.get(name);
    if (service) return service;
    throw new RosError('SERVICE_UNKNOWN', `This turtlesim has no service ${name}. It has ${this.#namesForPeople()}.`, {
      details: { service: name },
    });
  }

  #namesForPeople(): string {
    const names = [...this.#services.keys()];
    return names.length <= 12 ? names.join(', ') : `${names.slice(0, 12).join(', ')} and ${names.length - 12} more`;
  }
}

/** The handler's answer, checked, or its refusal in its own words. */
async function answerOf(
  name: string,
  handler: ServiceHandler,
  data: Uint8Array,
  schema: ServiceSchema,
  signal: AbortSignal,
): Promise<Uint8Array> {
  codecFor(schema.request, 'ros1').validate(data);
  const { promise: gone, reject } = Promise.withResolvers<never>();
  const handleAbort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  signal.addEventListener('abort', handleAbort, { once: true });
  try {
    const response = await Promise.race([handler(data, { schema, signal }), gone]);
    codecFor(schema.response, 'ros1').validate(response);
    return response;
  } catch (error) {
    if (error instanceof RosError) throw error;
    const words = error instanceof Error ? error.message : String(error);
    throw new RosError('SERVICE_FAILED', words, { cause: error, details: { service: name } });
  } finally {
    signal.removeEventListener('abort', handleAbort);
  }
}

function refuseUnless(taken: boolean): void {
  if (!taken) throw new ServiceRefusal(`${MAX_PENDING_TELEPORTS} teleports wait for the next update already`);
}
