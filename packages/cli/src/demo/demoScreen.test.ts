import { Message } from '@longline/ros';
import { expect, test } from 'vitest';
import { DemoMeter } from './DemoMeter.ts';
import { demoLine, demoScreen } from './demoScreen.ts';
import type { DemoView } from './demoScreen.ts';

const channel = {
  topic: '/turtle1/pose',
  schema: { name: 'turtlesim/Pose', encoding: 'ros1msg', text: 'float32 x\nfloat32 y\nfloat32 theta' },
  encoding: 'ros1',
  latched: false,
} as const;

function driven(turns: number, radius = 1): DemoMeter {
  const meter = new DemoMeter('turtle');
  const count = Math.round(turns * 400);
  for (let sequence = 0; sequence <= count; sequence++) {
    const theta = (2 * Math.PI * sequence) / 400;
    const data = new Uint8Array(12);
    const view = new DataView(data.buffer);
    view.setFloat32(0, 5.5 + radius * Math.sin(theta), true);
    view.setFloat32(4, 5.5 - radius * Math.cos(theta), true);
    view.setFloat32(8, theta, true);
    const logTime = BigInt(sequence) * 16_000_000n;
    meter.add(new Message(channel, { sequence, logTime, publishTime: logTime, data }), 3 + (sequence % 100) / 100);
  }
  return meter;
}

const viewOf = (meter: DemoMeter): DemoView => ({
  meter,
  online: true,
  serverUrl: 'http://127.0.0.1:8080',
  program: 'longline',
  warning: undefined,
  leftS: undefined,
});

test.each([24, 40, 100])('fits a terminal of 80 columns and %d rows, with the picture and where to look', (rows) => {
  const lines = demoScreen(viewOf(driven(1.5)), rows);
  expect(lines.length).toBeLessThan(rows);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(80);
  const text = lines.join('\n');
  expect(text).toMatch(/turtle +online +601 +62\.5 Hz +3\.5 ms +4\.0 ms/);
  expect(text).toMatch(/Circle: radius 1\.000 m, largest error 0\.0000 m, 1\.5 turns/);
  expect(text).toContain("curl 'http://127.0.0.1:8080/api/v1/devices/turtle/latest?topic=/turtle1/pose'");
  expect(text).toMatch(/[⠁-⣿]/);
});

test('one line says the same where nothing can be redrawn', () => {
  expect(demoLine(viewOf(driven(0)))).toBe(
    'turtle online: 1 poses at -, age p50 3.0 ms, p99 3.0 ms; No circle yet: the turtle is about to drive.',
  );
});

test.each<[string, DemoMeter, RegExp | undefined]>([
  ['a circle of radius 1', driven(1.2), undefined],
  ['a larger circle', driven(1.2, 1.05), /the radius is 1\.050/],
  ['part of a circle', driven(0.6), /only 0\.60 of a turn/],
  ['standing still', driven(3, 0), /the turtle did not drive/],
  ['nothing', new DemoMeter('turtle'), /no pose of turtle came/],
])('%s is judged', (_name, meter, fault) => {
  if (fault === undefined) expect(meter.fault()).toBeUndefined();
  else expect(meter.fault()).toMatch(fault);
});

test('the summary has the fields that programs read', () => {
  expect(driven(1).summary()).toEqual({
    device: 'turtle',
    messages: 401,
    hz: 62.5,
    ageMs: { p50: 3.49, p99: 3.98 },
    circle: { radius: expect.closeTo(1, 5) as number, maxError: expect.closeTo(0, 5) as number },
  });
});
