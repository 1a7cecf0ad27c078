import { expect, test } from 'vitest';
import { TurtleFrame } from './TurtleFrame.ts';
import type { NamedTurtle } from './TurtleFrame.ts';

function openFrame(): { frame: TurtleFrame; logs: string[]; updated: string[] } {
  const logs: string[] = [];
  const updated: string[] = [];
  const frame = new TurtleFrame(
    {
      handleLog: (level, text) => logs.push(`${level}: ${text}`),
      handleSpawn: () => undefined,
      handleKill: () => undefined,
      handleUpdate: ({ name }) => updated.push(name),
    },
    () => ({ r: 0, g: 0, b: 0 }),
  );
  frame.start();
  return { frame, logs, updated };
}

test('it starts with one turtle in the middle and says so', () => {
  expect(openFrame().logs).toEqual([
    'info: Starting turtlesim with node name /turtlesim',
    'info: Spawning turtle [turtle1] at x=[5.544445], y=[5.544445], theta=[0.000000]',
  ]);
});

test('fresh names count on and skip those that are taken', () => {
  const { frame } = openFrame();
  const unnamed = { name: '', x: 1, y: 1, theta: 0 };
  frame.spawn({ ...unnamed, name: 'turtle2' });
  expect(frame.spawn(unnamed)).toBe('turtle3');
  frame.kill('turtle3');
  expect(frame.spawn(unnamed)).toBe('turtle4');
});

test('turtles are updated in the order of their names', () => {
  const { frame, updated } = openFrame();
  for (const name of ['zoe', 'Adam', 'mia']) frame.spawn({ name, x: 1, y: 1, theta: 0 });
  frame.update(16);
  expect(updated).toEqual(['Adam', 'mia', 'turtle1', 'zoe']);
});

test('two names of one namespace cannot both live', () => {
  const { frame } = openFrame();
  expect(() => frame.spawn({ name: '/turtle1/', x: 1, y: 1, theta: 0 })).toThrow('already exists');
});

test('a name without end is refused', () => {
  const { frame } = openFrame();
  expect(() => frame.spawn({ name: 'a'.repeat(201), x: 1, y: 1, theta: 0 })).toThrow('at most 200 characters');
});

test('a million updates of a turtle that drives and draws hold no more memory than the first thousand', () => {
  let turtle: NamedTurtle | undefined;
  const listener = {
    handleLog: () => undefined,
    handleSpawn: (spawned: NamedTurtle) => void (turtle = spawned),
    handleKill: () => undefined,
    handleUpdate: () => undefined,
  };
  const frame = new TurtleFrame(listener, () => ({ r: 0, g: 0, b: 0 }));
  frame.start();
  const drive = (ticks: number): void => {
    for (let tick = 1; tick <= ticks; tick++) {
      turtle?.turtle.handleCommand({ linearX: 3, linearY: 0, angularZ: Math.sin(tick / 100) });
      frame.update(tick * 16);
    }
  };
  drive(1_000);
  const before = process.memoryUsage();
  drive(1_000_000);
  const after = process.memoryUsage();
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(4 * 1024 ** 2);
  expect(after.heapUsed - before.heapUsed).toBeLessThan(64 * 1024 ** 2);
});
