import { describe, expect, test } from 'vitest';
import { PathRaster } from './PathRaster.ts';
import { Turtle, WORLD_SIZE_M } from './Turtle.ts';
import type { TurtleUpdate, Velocity } from './Turtle.ts';

const MIDDLE = Math.fround(WORLD_SIZE_M / 2);
const BACKGROUND = { r: 0x45, g: 0x56, b: 0xff };
const PEN = { r: 0xb3, g: 0xb8, b: 0xff };
const still: Velocity = { linearX: 0, linearY: 0, angularZ: 0 };

/** A turtle in the middle that is updated every 16 ms. */
class Drive {
  readonly raster = new PathRaster();
  readonly turtle: Turtle;
  nowMs = 0;

  constructor(turtle = new Turtle(MIDDLE, MIDDLE, 0)) {
    this.turtle = turtle;
    this.raster.fill(BACKGROUND);
  }

  command(velocity: Partial<Velocity>): this {
    this.turtle.handleCommand({ ...still, ...velocity });
    return this;
  }

  update(times = 1): TurtleUpdate {
    let last = this.turtle.update((this.nowMs += 16), this.raster);
    for (let i = 1; i < times; i++) last = this.turtle.update((this.nowMs += 16), this.raster);
    return last;
  }
}

describe('driving', () => {
  test('the world is 11.088889 m wide', () => {
    expect(WORLD_SIZE_M.toFixed(6)).toBe('11.088889');
  });

  test('a command holds for one second after it was taken up, and not one update longer', () => {
    const drive = new Drive().command({ linearX: 1 });
    // Taken up at 16 ms; 1,008 ms is 992 ms later, 1,024 ms is 1,008 ms later.
    expect(drive.update(63).pose).toMatchObject({ linear_velocity: 1 });
    expect(drive.nowMs).toBe(1008);
    const stopped = drive.update();
    expect(stopped.pose.linear_velocity).toBe(0);
    expect(stopped.pose.x).toBeCloseTo(MIDDLE + 63 * 0.016, 9);
  });

  test('only the newest command between two updates counts', () => {
    expect(new Drive().command({ linearX: 1 }).command({ angularZ: 1 }).update().pose).toMatchObject({
      linear_velocity: 0,
      angular_velocity: 1,
    });
  });

  test('it turns first and then goes along the new direction', () => {
    const { pose } = new Drive().command({ linearX: 1, angularZ: 1 }).update();
    expect(pose.theta).toBe(0.016);
    expect(pose.x).toBeCloseTo(MIDDLE + Math.cos(0.016) * 0.016, 12);
    expect(pose.y).toBeCloseTo(MIDDLE + Math.sin(0.016) * 0.016, 6);
  });

  test('linear.y goes to the left, and the speed is that of both together', () => {
    const { pose } = new Drive().command({ linearX: 3, linearY: 4 }).update();
    expect(pose.linear_velocity).toBe(5);
    expect(pose.x).toBeCloseTo(MIDDLE + 0.048, 6);
    expect(pose.y).toBeCloseTo(MIDDLE + 0.064, 6);
  });

  test('theta stays between minus pi and pi', () => {
    const drive = new Drive().command({ angularZ: 3.1 });
    for (let i = 0; i < 500; i++) {
      const { theta } = drive.command({ angularZ: 3.1 }).update().pose;
      expect(Math.abs(theta)).toBeLessThanOrEqual(Math.PI);
    }
    expect(new Drive(new Turtle(1, 1, 4)).update().pose.theta).toBeCloseTo(4 - 2 * Math.PI, 7);
  });

  test('the wall holds the turtle and says where it would be', () => {
    const drive = new Drive().command({ linearX: 1000 });
    const hit = drive.update();
    expect(hit.pose.x).toBe(WORLD_SIZE_M);
    expect(hit.clampedFrom?.x).toBeCloseTo(MIDDLE + 16, 6);
    expect(drive.update().clampedFrom).toBeDefined();
    expect(drive.command({ linearX: -1 }).update().clampedFrom).toBeUndefined();
  });

  test('a command of NaN loses the turtle, as in the real node, until it is teleported back', () => {
    const drive = new Drive().command({ linearX: Number.NaN });
    expect(drive.update()).toMatchObject({
      pose: { x: Number.NaN, y: Number.NaN },
      colour: { r: 0, g: 0x30, b: 0x39 },
    });
    drive.command({}).turtle.teleport({ kind: 'absolute', x: 1, y: 2, theta: 0 });
    expect(drive.update().pose).toMatchObject({ x: 1, theta: 0 });
  });
});

describe('teleport', () => {
  test('absolute puts it there and draws the way', () => {
    const drive = new Drive();
    drive.turtle.teleport({ kind: 'absolute', x: 2, y: 8, theta: 1 });
    const { pose } = drive.update();
    expect(pose.x).toBe(2);
    expect(pose.y).toBeCloseTo(8, 12);
    expect(pose.theta).toBe(1);
    const halfWay = { x: ((2 + MIDDLE) / 2) * 45, y: (WORLD_SIZE_M - (8 + MIDDLE) / 2) * 45 };
    expect(drive.raster.colourAt(halfWay)).toEqual(PEN);
  });

  test('relative turns and then goes, in the order of the requests', () => {
    const drive = new Drive();
    drive.turtle.teleport({ kind: 'relative', linear: 1, angular: Math.PI / 2 });
    drive.turtle.teleport({ kind: 'relative', linear: 2, angular: -Math.PI / 2 });
    const { pose } = drive.update();
    expect(pose.x).toBeCloseTo(MIDDLE + 2, 6);
    expect(pose.y).toBeCloseTo(MIDDLE + 1, 6);
    expect(pose.theta).toBeCloseTo(0, 12);
  });

  test('beyond the wall it ends at the wall', () => {
    const drive = new Drive();
    drive.turtle.teleport({ kind: 'absolute', x: 100, y: -100, theta: 0 });
    const { pose, clampedFrom } = drive.update();
    expect(pose).toMatchObject({ x: WORLD_SIZE_M, y: 0 });
    expect(clampedFrom?.x).toBe(100);
  });

  test('a thousand may wait for the next update, no more', () => {
    const { turtle } = new Drive();
    const taken = Array.from({ length: 1001 }, () => turtle.teleport({ kind: 'relative', linear: 0, angular: 0 }));
    expect(taken.filter(Boolean)).toHaveLength(1000);
  });
});

describe('pen and colour sensor', () => {
  test('the sensor sees the background before it and the pen on its own path', () => {
    const drive = new Drive().command({ linearX: 1 });
    expect(drive.update().colour).toEqual(BACKGROUND);
    expect(drive.update().colour).toEqual(PEN);
    drive.command({ linearX: -0.5 });
    expect(drive.update(2).colour).toEqual(PEN);
  });

  test('a pen of another colour and width draws that', () => {
    const drive = new Drive();
    drive.turtle.setPen({ r: 1, g: 2, b: 3, width: 9, off: 0 });
    drive.command({ linearX: 1 }).update(2);
    expect(drive.update().colour).toEqual({ r: 1, g: 2, b: 3 });
    const here = { x: (MIDDLE + 0.032) * 45, y: MIDDLE * 45 };
    expect(drive.raster.colourAt({ x: here.x, y: here.y + 4 })).toEqual({ r: 1, g: 2, b: 3 });
    expect(drive.raster.colourAt({ x: here.x, y: here.y + 6 })).toEqual(BACKGROUND);
  });

  test('a lifted pen draws nothing, and put down again it has the colour of that call', () => {
    const drive = new Drive().command({ linearX: 1 });
    drive.turtle.setPen({ r: 9, g: 9, b: 9, width: 1, off: 1 });
    expect(drive.update(10).colour).toEqual(BACKGROUND);
    drive.turtle.setPen({ r: 7, g: 8, b: 9, width: 0, off: 0 });
    drive.update(10);
    expect(drive.command({ linearX: -0.5 }).update(2).colour).toEqual({ r: 7, g: 8, b: 9 });
  });
});
