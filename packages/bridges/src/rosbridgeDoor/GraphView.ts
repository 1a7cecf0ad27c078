import { RosError, sameType } from '@longline/ros';
import type { Clock, Disposer, GraphSnapshot, Schema, ServiceInfo, ServiceSchema } from '@longline/ros';
import type { DoorRobot } from '../door/DoorRobot.ts';

/** Clients ask for a service's type once for each service: one question to the robot answers all that come within this, in milliseconds. */
const SNAPSHOT_FRESH_MS = 500;
/** Definitions that are asked for at a time. */
const MAX_CONCURRENT = 8;
/** Definitions remembered of each kind. */
const MAX_REMEMBERED = 2_000;
/** Asking for many definitions takes at most so long, in milliseconds; those that did not come are left out. */
const DEADLINE_MS = 5_000;

/** The robot's graph as one reader asks for it: many questions of its own are few of the robot. */
export class GraphView {
  readonly #robot: DoorRobot;
  readonly #clock: Clock;
  readonly #schemas = new Map<string, Promise<Schema>>();
  readonly #services = new Map<string, Promise<ServiceSchema>>();
  readonly #changes = new Set<Promise<unknown>>();
  #snapshot: Promise<GraphSnapshot> | undefined;
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(robot: DoorRobot, clock: Clock) {
    this.#robot = robot;
    this.#clock = clock;
  }

  /** This reader is about to change the graph itself: questions that come later are answered with what it changed. */
  change(work: Promise<unknown>): void {
    const end = (): void => {
      this.#changes.delete(work);
      this.forget();
    };
    this.#changes.add(work);
    work.then(end, end);
  }

  /** The graph of at most half a second ago. Rejects as `RosGraph.snapshot` does. */
  async snapshot(): Promise<GraphSnapshot> {
    if (this.#changes.size > 0) await Promise.allSettled(this.#changes);
    return this.#ask();
  }

  /** This reader changed the graph itself. */
  forget(): void {
    this.#snapshot = undefined;
    this.#services.clear();
  }

  /** A message type's definition. Rejects with `TYPE_UNKNOWN`. */
  messageSchema(type: string): Promise<Schema> {
    for (const { schema } of this.#robot.channels.list()) {
      if (schema.encoding !== '' && sameType(schema.name, type)) return Promise.resolve(schema);
    }
    return remembered(this.#schemas, type, () => this.#robot.graph.messageSchema(type));
  }

  /** A service's definition. Rejects with `SERVICE_UNKNOWN`. */
  serviceSchema(service: string): Promise<ServiceSchema> {
    return remembered(this.#services, service, () => this.#robot.graph.serviceSchema(service));
  }

  /** A service's type; empty where it cannot be found out. */
  async serviceType({ name, type }: ServiceInfo): Promise<string> {
    if (type !== '') return type;
    try {
      return (await this.serviceSchema(name)).name;
    } catch {
      return '';
    }
  }

  /** The definition of a service type, of a service that has it. Rejects with `TYPE_UNKNOWN`. */
  async serviceSchemaOf(type: string): Promise<ServiceSchema> {
    const { services } = await this.snapshot();
    const types = await this.askAll(services, (service) => this.serviceType(service));
    const found = services.find((_, index) => sameService(types[index] ?? '', type));
    if (found !== undefined) return this.serviceSchema(found.name);
    throw new RosError(
      'TYPE_UNKNOWN',
      `No service of the robot has the type ${type}, so its definition is not known.`,
      {
        details: { type },
      },
    );
  }

  /** Asks for all, a few at a time; `undefined` for what failed or took too long. */
  async askAll<From, To>(items: readonly From[], ask: (item: From) => Promise<To>): Promise<(To | undefined)[]> {
    const answers: (To | undefined)[] = items.map(() => undefined);
    const waiting = items.entries();
    let isLate = false;
    const work = async (): Promise<void> => {
      for (const [index, item] of waiting) {
        const answer = await ask(item).catch(() => undefined);
        if (isLate) return;
        answers[index] = answer;
      }
    };
    let cancel: Disposer | undefined;
    const late = new Promise<void>((resolve) => {
      cancel = this.#clock.after(DEADLINE_MS, resolve);
    });
    await Promise.race([Promise.all(Array.from({ length: MAX_CONCURRENT }, work)), late]);
    isLate = true;
    cancel?.();
    return answers;
  }

  #ask(): Promise<GraphSnapshot> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#snapshot !== undefined && nowMs - this.#askedMs < SNAPSHOT_FRESH_MS) return this.#snapshot;
    this.#askedMs = nowMs;
    const asked = this.#robot.graph.snapshot();
    this.#snapshot = asked;
    asked.catch(() => {
      if (this.#snapshot === asked) this.#snapshot = undefined;
    });
    return asked;
  }
}

/** Both spellings name one type. */
export const sameService = (a: string, b: string): boolean => a === b || sameType(a, b);

function remembered<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const before = known.get(key);
  if (before !== undefined) return before;
  for (const oldest of known.keys()) {
    if (known.size < MAX_REMEMBERED) break;
    known.delete(oldest);
  }
  const asked = ask();
  known.set(key, asked);
  // It may be known later.
  asked.catch(() => known.delete(key));
  return asked;
}
