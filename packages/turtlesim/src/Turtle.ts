import type { PathRaster, Pixels, Rgb } from './PathRaster.ts';

/** Pixels of one metre: the height of the real node's first turtle picture. */
const PIXELS_PER_METRE = 45;

/** Side of the turtles' world in metres, 11.088889: 499 pixels in the real node's single precision. */
export const WORLD_SIZE_M = Math.fround(499 / PIXELS_PER_METRE);

/** What one update adds, in seconds, however much time has passed in truth: the real node's timer interval. */
export const UPDATE_SECONDS = 0.016;

/** A velocity command holds this long after it was taken up, in milliseconds; then the turtle stands. */
export const HOLD_MS = 1_000;

/** Teleports that wait for the next update; one more is refused. */
export const MAX_PENDING_TELEPORTS = 1_000;

/** The real node's constant; the wrapping of theta depends on it. */
const PI = 3.14159265;

const DEFAULT_PEN: Pen = { colour: { r: 0xb3, g: 0xb8, b: 0xff }, width: 3 };

interface Pen {
  readonly colour: Rgb;
  /** Pixels. */
  readonly width: number;
}

/** The three numbers of a Twist that a turtle obeys: metres and radians per second. */
export interface Velocity {
  readonly linearX: number;
  readonly linearY: number;
  readonly angularZ: number;
}

/** `turtlesim/Pose`. */
export interface TurtlePose {
  readonly x: number;
  readonly y: number;
  readonly theta: number;
  readonly linear_velocity: number;
  readonly angular_velocity: number;
}

/** What one update found. */
export interface TurtleUpdate {
  readonly pose: TurtlePose;
  readonly colour: Rgb;
  /** Where the turtle would be but for the wall, in metres of the window (y downwards), if it hit one. */
  readonly clampedFrom: Point | undefined;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface SetPenRequest extends Rgb {
  /** Pixels; 0 leaves the new pen's 1. */
  readonly width: number;
  /** Not 0 lifts the pen and leaves its colour. */
  readonly off: number;
}

type Teleport =
  | { readonly kind: 'absolute'; readonly x: number; readonly y: number; readonly theta: number }
  | { readonly kind: 'relative'; readonly linear: number; readonly angular: number };

/** One turtle: the arithmetic of the real node's `turtle.cpp`, in its order. Time comes in as an argument. */
export class Turtle {
  /** In metres from the window's upper left corner, y downwards, as the real node keeps it. */
  #position: Point;
  #theta: number;
  #velocity: Velocity = STILL;
  /** The newest command since the last update: the real node's subscriber queue holds one. */
  #command: Velocity | undefined;
  #commandedAtMs = Number.NEGATIVE_INFINITY;
  #pen = DEFAULT_PEN;
  #penDown = true;
  #teleports: Teleport[] = [];

  /** x, y in metres from the lower left corner, theta in radians. */
  constructor(x: number, y: number, theta: number) {
    this.#position = { x, y: Math.fround(WORLD_SIZE_M - y) };
    this.#theta = theta;
  }

  handleCommand(velocity: Velocity): void {
    this.#command = velocity;
  }

  setPen(request: SetPenRequest): void {
    this.#penDown = request.off === 0;
    if (!this.#penDown) return;
    this.#pen = {
      colour: { r: request.r, g: request.g, b: request.b },
      width: request.width === 0 ? 1 : request.width,
    };
  }

  /** Takes effect at the next update; false when too many wait for it. */
  teleport(teleport: Teleport): boolean {
    if (this.#teleports.length >= MAX_PENDING_TELEPORTS) return false;
    this.#teleports.push(teleport);
    return true;
  }

  update(nowMs: number, raster: PathRaster): TurtleUpdate {
    if (this.#command) {
      this.#velocity = this.#command;
      this.#commandedAtMs = nowMs;
      this.#command = undefined;
    }
    for (const teleport of this.#teleports) this.#jump(teleport, raster);
    this.#teleports = [];
    if (nowMs - this.#commandedAtMs > HOLD_MS) this.#velocity = STILL;

    const from = this.#position;
    const moved = this.#move();
    const hitWall = moved.x < 0 || moved.x > WORLD_SIZE_M || moved.y < 0 || moved.y > WORLD_SIZE_M;
    this.#position = { x: clamp(moved.x), y: clamp(moved.y) };
    // The sensor looks before this update's stroke is drawn, so on its own path it sees the stroke of the one before.
    const colour = raster.colourAt(toPixels(this.#position));
    if (this.#position.x !== from.x || this.#position.y !== from.y) this.#draw(from, raster);
    return { pose: this.#pose(), colour, clampedFrom: hitWall ? moved : undefined };
  }

  #jump(teleport: Teleport, raster: PathRaster): void {
    const from = this.#position;
    switch (teleport.kind) {
      case 'absolute':
        this.#position = { x: teleport.x, y: larger(0, WORLD_SIZE_M - teleport.y) };
        this.#theta = teleport.theta;
        break;
      case 'relative':
        this.#theta += teleport.angular;
        this.#position = {
          x: from.x + Math.cos(this.#theta) * teleport.linear,
          y: from.y - Math.sin(this.#theta) * teleport.linear,
        };
        break;
    }
    this.#draw(from, raster);
  }

  /** Turns first, then goes along the new direction. */
  #move(): Point {
    const { linearX, linearY, angularZ } = this.#velocity;
    this.#theta += angularZ * UPDATE_SECONDS;
    this.#theta -= 2 * PI * Math.floor((this.#theta + PI) / (2 * PI));
    const cos = Math.cos(this.#theta);
    const sin = Math.sin(this.#theta);
    return {
      x: this.#position.x + (cos * linearX * UPDATE_SECONDS - sin * linearY * UPDATE_SECONDS),
      y: this.#position.y - (cos * linearY * UPDATE_SECONDS + sin * linearX * UPDATE_SECONDS),
    };
  }

  #pose(): TurtlePose {
    const { linearX, linearY, angularZ } = this.#velocity;
    return {
      x: this.#position.x,
      y: WORLD_SIZE_M - this.#position.y,
      theta: this.#theta,
      linear_velocity: Math.sqrt(linearX * linearX + linearY * linearY),
      angular_velocity: angularZ,
    };
  }

  #draw(from: Point, raster: PathRaster): void {
    if (this.#penDown) raster.drawLine(toPixels(this.#position), toPixels(from), this.#pen.width, this.#pen.colour);
  }
}

const STILL: Velocity = { linearX: 0, linearY: 0, angularZ: 0 };

const toPixels = (point: Point): Pixels => ({ x: point.x * PIXELS_PER_METRE, y: point.y * PIXELS_PER_METRE });

/** `std::max(floor, value)`, which unlike `Math.max` answers the floor for NaN. */
const larger = (floor: number, value: number): number => (floor < value ? value : floor);

/** As the real node's `std::min(std::max(value, 0.0), size)`, which lets NaN through. */
const clamp = (value: number): number => (value < 0 ? 0 : value > WORLD_SIZE_M ? WORLD_SIZE_M : value);
