import type { DeviceRecord } from '@longline/client';
import { expect, test } from 'vitest';
import { motionLines, motionWord } from './motionText.ts';

type Motion = NonNullable<DeviceRecord['status']['motion']>;
type Output = Motion['outputs'][number];

const output: Output = { kind: 'topic', name: '/cmd_vel', state: 'still', timeoutMs: 500, others: [], refused: 0 };
const ready: Motion = { deadman: { state: 'ready' }, token: 1, leased: false, latches: [], outputs: [output] };
const record = (motion: Motion | undefined, online = true): DeviceRecord => ({
  device: 'r1',
  online,
  epoch: 1,
  sinceMs: 0,
  robot: 'turtlesim:',
  software: 'test',
  status: { ros: { state: 'connected' }, simulatedTime: false, standing: [], ...(motion && { motion }) },
});
const latch = { outputs: '/arm/**', by: 'eve', sinceMs: 0 };
const outputs = (...states: Output['state'][]): Output[] => states.map((state) => ({ ...output, state }));

test.each<[string, DeviceRecord]>([
  ['-', record(undefined)],
  ['-', record({ ...ready, latches: [latch] }, false)],
  ['still', record(ready)],
  ['moving', record({ ...ready, outputs: outputs('still', 'moving', 'stopping') })],
  ['stopping', record({ ...ready, outputs: outputs('still', 'stopping') })],
  ['STOPPED', record({ ...ready, latches: [latch] })],
  ['NO DEADMAN', record({ ...ready, deadman: { state: 'absent' } })],
  ['STOP UNDELIVERED', record({ ...ready, latches: [latch], outputs: outputs('undelivered') })],
  ['STOP WAITS', { ...record(ready, false), stopWaits: true }],
])('%s', (word, told) => {
  expect(motionWord(told)).toBe(word);
});

test('latches, outputs, others and refusals are lines', () => {
  const busy = { ...output, others: ['/planner'], refused: 2, lastRefusal: 'STOP_LATCHED' };
  const { status } = record({
    ...ready,
    deadman: { state: 'absent', reason: 'it was killed' },
    latches: [latch],
    outputs: [busy],
  });
  expect(motionLines(status)).toEqual([
    'NO DEADMAN: it was killed. Motion is refused until it is back.',
    'STOPPED (/arm/**) by eve since 1970-01-01T00:00:00.000Z',
    '/cmd_vel: still, timeout 500 ms; ALSO MOVED BY /planner; 2 refused, last STOP_LATCHED',
  ]);
  expect(motionLines(record(undefined).status)).toHaveLength(1);
});
