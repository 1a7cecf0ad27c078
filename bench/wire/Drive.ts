import type { Random } from './random.ts';

/** Side of the square room; turtlesim's is as large. */
export const ROOM_METRES = 11;
const WALL_METRES = 0.5;

/** How a robot moves over the floor of a room: what every sensor of the bench measures. */
export interface DriveState {
  readonly x: number;
  readonly y: number;
  readonly theta: number;
  /** Speeds as asked for, in steps of 0.1 as a teleoperation pad gives them. */
  readonly askedLinear: number;
  readonly askedAngular: number;
  /** Speeds as driven: they follow what is asked with the inertia of a real base. */
  readonly linear: number;
  readonly angular: number;
}

/** A person steers a robot for as long as asked, in steps of 1 ms: new speeds every 0.5 to 3 s. */
export class Drive {
  readonly #random: Random;
  #timeMs = 0;
  #nextSteerMs = 0;
  #x = ROOM_METRES / 2;
  #y = ROOM_METRES / 2;
  #theta = 0;
  #askedLinear = 0;
  #askedAngular = 0;
  #linear = 0;
  #angular = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The robot at an instant; instants only grow. */
  at(timeMs: number): DriveState {
    for (; this.#timeMs + 1 <= timeMs; this.#timeMs += 1) this.#step();
    return {
      x: this.#x,
      y: this.#y,
      theta: this.#theta,
      askedLinear: this.#askedLinear,
      askedAngular: this.#askedAngular,
      linear: this.#linear,
      angular: this.#angular,
    };
  }

  #step(): void {
    if (this.#timeMs >= this.#nextSteerMs) {
      this.#nextSteerMs = this.#timeMs + 500 + this.#random.uniform() * 2500;
      this.#askedLinear = Math.round(this.#random.uniform() * 20) / 10;
      this.#askedAngular = Math.round((this.#random.uniform() * 4 - 2) * 10) / 10;
    }
    const inertia = 1 / 200;
    this.#linear += (this.#askedLinear - this.#linear) * inertia;
    this.#angular += (this.#askedAngular - this.#angular) * inertia;
    this.#theta = wrapped(this.#theta + this.#angular / 1000);
    this.#x += (Math.cos(this.#theta) * this.#linear) / 1000;
    this.#y += (Math.sin(this.#theta) * this.#linear) / 1000;
    const fromMiddle = Math.max(Math.abs(this.#x - ROOM_METRES / 2), Math.abs(this.#y - ROOM_METRES / 2));
    if (fromMiddle > ROOM_METRES / 2 - WALL_METRES) {
      this.#theta = Math.atan2(ROOM_METRES / 2 - this.#y, ROOM_METRES / 2 - this.#x);
    }
  }
}

const wrapped = (angle: number): number => Math.atan2(Math.sin(angle), Math.cos(angle));
