import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithPeer } from './describeWithPeer.ts';
import { markedProcesses, PeerProcess } from './PeerProcess.ts';
import { rostopic, runRosProgram, startHelperNode } from './rosPrograms.ts';
import { startRoscore } from './startRoscore.ts';
import type { Roscore } from './startRoscore.ts';

it('a stopped peer leaves no process behind, also none in other sessions', async () => {
  const peer = new PeerProcess('/bin/bash', ['-c', 'setsid sleep 1000 & echo started; wait']);
  await peer.waitFor((p) => p.stdout.includes('started'));
  await peer.stop();
  expect(markedProcesses(peer.mark)).toEqual([]);
});

it('peers die with the process that started them, even when that is killed', async () => {
  const script = `import { markedProcesses, PeerProcess } from './PeerProcess.ts';
    const peer = new PeerProcess('sleep', ['1000']);
    console.log(peer.mark);
    process.kill(process.pid, 'SIGKILL');`;
  let output = '';
  try {
    execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
      cwd: dirname(fileURLToPath(import.meta.url)),
      encoding: 'utf8',
    });
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  const mark = output.trim();
  expect(mark).toHaveLength(36);
  await expect.poll(() => markedProcesses(mark), { timeout: 10_000 }).toEqual([]);
});

it('waiting for output of a peer that ends says what it said', async () => {
  const peer = new PeerProcess('/bin/sh', ['-c', 'echo sorry >&2; exit 3']);
  await expect(peer.waitFor((p) => p.stdout.includes('ready'))).rejects.toThrow(/ended[^]*sorry/);
  expect(await peer.exited).toBe(3);
  await peer.stop();
});

describeWithPeer('roscore', 'a roscore', () => {
  let roscore: Roscore;
  beforeAll(async () => {
    roscore = await startRoscore();
  }, 90_000);
  afterAll(() => roscore.stop());

  it('carries the sample robot, and restarts with an empty memory', async () => {
    const robot = startHelperNode(roscore, 'sample_robot.py', ['--services', '--rate', '5']);
    await robot.waitFor((p) => p.lines.some((line) => line.includes('"ready"')));
    const echo = rostopic(roscore, ['echo', '-n', '1', '/robot/map_name']);
    await echo.waitFor((p) => p.stdout.includes('the first floor'));
    await echo.stop();
    expect(await runRosProgram(roscore, 'rosservice', ['list'])).toContain('/robot/set_bool');
    await runRosProgram(roscore, 'rosparam', ['set', '/x', '1']);
    await roscore.restart();
    await expect(runRosProgram(roscore, 'rosparam', ['get', '/x'])).rejects.toThrow('is not set');
    await robot.stop();
  }, 90_000);
});
