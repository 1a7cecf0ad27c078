import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeWithPeer, startRoscore, startRospyNode, TcpProxy, waitFor } from '@longline/testing';
import type { PeerProcess, Roscore } from '@longline/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { START_MS, startNode } from './longline.ts';
import { LonglineAgent } from './LonglineAgent.ts';
import { LonglineServer } from './LonglineServer.ts';

const TEST_MS = 120_000;
const TIMEOUT_MS = 500;
/** What the way through ROS and a test machine's two cores may add, in milliseconds. */
const TOLERANCE_MS = 50;
const OUTAGE_MS = 10_000;
/** After what hung or was gone is back, late frames would come within this, in milliseconds. */
const BACK_MS = 2_000;
const here = dirname(fileURLToPath(import.meta.url));
const watchScript = readFileSync(join(here, 'velocity_watch.py'), 'utf8');

/** A Twist as ROS delivered it at `ms` of the machine's monotonic clock; the operator made it at `madeMs`. */
const velocitySchema = z.object({ ms: z.number(), x: z.number(), madeMs: z.number() });
type Velocity = z.infer<typeof velocitySchema>;

const velocities = (peer: PeerProcess): Velocity[] =>
  peer.lines.flatMap((line) => velocitySchema.safeParse(JSON.parse(line)).data ?? []);

const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describeWithPeer('roscore', 'a moving robot on a real roscore', () => {
  let roscore: Roscore;
  let turtle: PeerProcess;
  let server: LonglineServer;
  let proxy: TcpProxy;
  let agent: LonglineAgent;
  let operator: PeerProcess;

  const startAgent = (): Promise<LonglineAgent> =>
    LonglineAgent.start(
      {
        device: 'mover',
        server: proxy.url,
        robot: `ros1://localhost:${roscore.port}`,
        allow: { publish: ['/cmd_vel'] },
        motion: { outputs: [{ topic: '/cmd_vel', timeoutMs: TIMEOUT_MS }] },
      },
      roscore.env,
    );

  const drive = async (): Promise<void> => {
    const fromMs = monotonicMs();
    operator = startNode(join(here, 'motionOperator.ts'), [server.url, 'mover']);
    const moves = (peer: PeerProcess): boolean =>
      velocities(peer).filter(({ ms, x }) => ms > fromMs && x > 0).length > 20;
    await turtle.waitFor(moves, START_MS);
  };

  /** Something goes wrong now: the robot must stand still within its timeout, and stay so for as long as it is looked. */
  const expectStill = async (failure: () => unknown, forMs = 2_000): Promise<void> => {
    expect(velocities(turtle).at(-1)?.x).toBeGreaterThan(0);
    const fromMs = monotonicMs();
    await failure();
    const doneMs = monotonicMs();
    await pause(forMs);
    const after = velocities(turtle).filter(({ ms }) => ms > fromMs);
    const lastMoving = after.findLast(({ x }) => x !== 0)?.ms ?? fromMs;
    const firstStill = after.find(({ ms, x }) => x === 0 && ms >= lastMoving)?.ms ?? Number.POSITIVE_INFINITY;
    expect(firstStill - doneMs).toBeLessThan(TIMEOUT_MS + TOLERANCE_MS);
  };

  beforeAll(async () => {
    [roscore, server] = await Promise.all([startRoscore(), LonglineServer.start()]);
    proxy = await TcpProxy.start(server.port);
    turtle = startRospyNode(roscore, watchScript);
    await turtle.waitFor((peer) => peer.stdout.includes('"ready"'), START_MS);
  }, 3 * START_MS);

  beforeEach(async () => {
    await proxy.set({ blackHole: 'off' });
    agent = await startAgent();
    await drive();
  }, 3 * START_MS);

  afterEach(async () => {
    await Promise.all([operator.stop(), agent.stop()]);
    // Whatever happened, no frame moved the robot later than its timeout after it was made.
    const late = velocities(turtle).filter(({ ms, x, madeMs }) => x === 1 && ms - madeMs > TIMEOUT_MS + TOLERANCE_MS);
    expect(late).toEqual([]);
  });

  afterAll(async () => {
    await Promise.all([server.stop(), turtle.stop(), proxy.stop()]);
    await roscore.stop();
  });

  it('stands still when the operator is killed', { timeout: TEST_MS }, () =>
    expectStill(() => operator.signal('SIGKILL')),
  );

  it('stands still when the operator hangs, and then has lost the lease', { timeout: TEST_MS }, async () => {
    await expectStill(() => operator.signal('SIGSTOP'));
    const fromMs = monotonicMs();
    operator.signal('SIGCONT');
    await operator.waitFor((peer) => peer.stdout.includes('"lost"'), START_MS);
    await pause(BACK_MS);
    expect(velocities(turtle).filter(({ ms, x }) => ms > fromMs && x !== 0)).toEqual([]);
  });

  it('stands still when the server stalls, and nothing late follows', { timeout: TEST_MS }, async () => {
    await expectStill(() => server.process.signal('SIGSTOP'));
    server.process.signal('SIGCONT');
    await pause(BACK_MS);
  });

  it('stands still when the line is cut without a word, and nothing late follows', { timeout: TEST_MS }, async () => {
    await expectStill(() => proxy.set({ blackHole: 'hold' }), OUTAGE_MS);
    await proxy.set({ blackHole: 'off' });
    await pause(BACK_MS);
  });

  it('stands still when the line breaks', { timeout: TEST_MS }, () => expectStill(() => proxy.cut()));

  it('stands still when the agent is killed', { timeout: TEST_MS }, () =>
    expectStill(() => agent.process.signal('SIGKILL')),
  );

  it('stands still when the agent hangs, and nothing late follows', { timeout: TEST_MS }, async () => {
    await expectStill(() => agent.process.signal('SIGSTOP'));
    agent.process.signal('SIGCONT');
    await pause(BACK_MS);
  });

  it('stands still when the agent is restarted, and then until a new lease', { timeout: TEST_MS }, async () => {
    await expectStill(() => agent.process.signal('SIGTERM'));
    const fromMs = monotonicMs();
    await agent.launch();
    await agent.logged('the line is open');
    await pause(BACK_MS);
    expect(velocities(turtle).filter(({ ms, x }) => ms > fromMs && x !== 0)).toEqual([]);
  });

  it('is stopped first thing when all of the agent was killed and starts again', { timeout: TEST_MS }, async () => {
    expect(velocities(turtle).at(-1)?.x).toBeGreaterThan(0);
    operator.signal('SIGKILL');
    await agent.kill();
    const fromMs = monotonicMs();
    await agent.launch();
    await waitFor(() => velocities(turtle).some(({ ms, x }) => ms > fromMs && x === 0), {
      timeoutMs: START_MS,
      what: 'the stop after the restart',
    });
  });

  it('stands still when the server is killed', { timeout: TEST_MS }, async () => {
    await expectStill(() => server.kill());
    await server.launch();
    await pause(BACK_MS);
  });

  it('a stop says that an autonomy stack publishes on the same topic', { timeout: TEST_MS }, async () => {
    const autonomy = startRospyNode(roscore, watchScript, ['--drive', '10']);
    try {
      await autonomy.waitFor((peer) => peer.stdout.includes('"ready"'), START_MS);
      const answer = await waitFor(
        async () => {
          const response = await fetch(`${server.url}/api/v1/devices/mover/stop`, { method: 'POST' });
          const text = await response.text();
          return text.includes('NOT_EXCLUSIVE') ? text : undefined;
        },
        { timeoutMs: START_MS, what: 'NOT_EXCLUSIVE' },
      );
      expect(answer).toContain('/autonomy');
    } finally {
      await autonomy.stop();
    }
  });
});
