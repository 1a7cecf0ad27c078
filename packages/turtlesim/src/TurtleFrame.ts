import { graphNameProblem, resolveGraphName } from './graphName.ts';
import { PathRaster } from './PathRaster.ts';
import type { Rgb } from './PathRaster.ts';
import { Turtle, WORLD_SIZE_M } from './Turtle.ts';
import type { TurtleUpdate } from './Turtle.ts';

/** Turtles alive at once; one more is refused. The real node has no bound. */
export const MAX_TURTLES = 100;

/** Characters of a turtle's name; a longer one is refused. The real node has no bound. */
export const MAX_TURTLE_NAME_LENGTH = 200;

export const NODE_NAME = '/turtlesim';

/** Severities of `rosgraph_msgs/Log`. */
export const LOG_LEVELS = { info: 2, warn: 4, error: 8 } as const;
export type LogLevel = keyof typeof LOG_LEVELS;

/** A turtle with the name it was spawned under and the namespace of its topics and services. */
export interface NamedTurtle {
  readonly name: string;
  readonly namespace: string;
  readonly turtle: Turtle;
}

/** Told what the node does. Callbacks must not throw. */
export interface TurtleFrameListener {
  handleLog(level: LogLevel, text: string, origin: string): void;
  handleSpawn(turtle: NamedTurtle): void;
  handleKill(turtle: NamedTurtle): void;
  handleUpdate(turtle: NamedTurtle, update: TurtleUpdate): void;
}

export interface SpawnRequest {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly theta: number;
}

/** A service that answers with failure, as the real node's own words have it. */
export class ServiceRefusal extends Error {}

/** The window with its turtles: the real node's `turtle_frame.cpp` without ROS. */
export class TurtleFrame {
  readonly #listener: TurtleFrameListener;
  readonly #background: () => Rgb;
  readonly #raster = new PathRaster();
  /** By name, in the order of names, which is the order of updates. */
  #turtles = new Map<string, NamedTurtle>();
  #lastNumber = 0;

  /** `background` is asked whenever the picture is cleared. */
  constructor(listener: TurtleFrameListener, background: () => Rgb) {
    this.#listener = listener;
    this.#background = background;
  }

  get turtles(): Iterable<NamedTurtle> {
    return this.#turtles.values();
  }

  start(): void {
    this.#raster.fill(this.#background());
    this.#listener.handleLog('info', `Starting turtlesim with node name ${NODE_NAME}`, 'TurtleFrame');
    this.#spawnInTheMiddle();
  }

  update(nowMs: number): void {
    for (const named of this.#turtles.values()) {
      const update = named.turtle.update(nowMs, this.#raster);
      if (update.clampedFrom) {
        const { x, y } = update.clampedFrom;
        const text = `Oh no! I hit the wall! (Clamping from [x=${x.toFixed(6)}, y=${y.toFixed(6)}])`;
        this.#listener.handleLog('warn', text, 'Turtle::update');
      }
      this.#listener.handleUpdate(named, update);
    }
  }

  clear(): void {
    this.#listener.handleLog('info', 'Clearing turtlesim.', 'TurtleFrame::clearCallback');
    this.#raster.fill(this.#background());
  }

  reset(): void {
    this.#listener.handleLog('info', 'Resetting turtlesim.', 'TurtleFrame::resetCallback');
    for (const named of this.#turtles.values()) this.#listener.handleKill(named);
    this.#turtles.clear();
    this.#lastNumber = 0;
    this.#spawnInTheMiddle();
    this.#raster.fill(this.#background());
  }

  /** Answers the turtle's name, a fresh one if none was asked for. Throws {@link ServiceRefusal}. */
  spawn(request: SpawnRequest): string {
    const name = request.name === '' ? this.#freshName() : request.name;
    const problem = this.#spawnProblem(name);
    if (problem !== undefined) {
      this.#listener.handleLog('error', problem, 'TurtleFrame::spawnCallback');
      throw new ServiceRefusal(problem);
    }
    const turtle = new Turtle(request.x, request.y, request.theta);
    const named: NamedTurtle = { name, namespace: resolveGraphName(name, NODE_NAME), turtle };
    this.#turtles = new Map([...this.#turtles, [name, named] as const].sort(([a], [b]) => (a < b ? -1 : 1)));
    this.#listener.handleSpawn(named);
    const [x, y, theta] = [request.x, request.y, request.theta].map((value) => value.toFixed(6));
    const text = `Spawning turtle [${name}] at x=[${x ?? ''}], y=[${y ?? ''}], theta=[${theta ?? ''}]`;
    this.#listener.handleLog('info', text, 'TurtleFrame::spawnTurtle');
    return name;
  }

  /** Throws {@link ServiceRefusal}. */
  kill(name: string): void {
    const named = this.#turtles.get(name);
    if (!named) {
      const problem = `Tried to kill turtle [${name}], which does not exist`;
      this.#listener.handleLog('error', problem, 'TurtleFrame::killCallback');
      throw new ServiceRefusal(problem);
    }
    this.#turtles.delete(name);
    this.#listener.handleKill(named);
  }

  #spawnInTheMiddle(): void {
    const middle = Math.fround(WORLD_SIZE_M / 2);
    this.spawn({ name: '', x: middle, y: middle, theta: 0 });
  }

  #freshName(): string {
    for (;;) {
      const name = `turtle${++this.#lastNumber}`;
      if (!this.#turtles.has(name)) return name;
    }
  }

  #spawnProblem(name: string): string | undefined {
    if (name.length > MAX_TURTLE_NAME_LENGTH) {
      return `A turtle's name has at most ${MAX_TURTLE_NAME_LENGTH} characters; this one has ${name.length}`;
    }
    const invalid = graphNameProblem(name);
    if (invalid !== undefined) return invalid;
    const namespace = resolveGraphName(name, NODE_NAME);
    const taken = [...this.#turtles.values()].some((other) => other.namespace === namespace);
    if (taken) return `A turtled named [${name}] already exists`;
    if (this.#turtles.size >= MAX_TURTLES) return `There are ${MAX_TURTLES} turtles already; kill one first`;
    return undefined;
  }
}
