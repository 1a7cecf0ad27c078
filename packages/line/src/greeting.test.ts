import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { DuplexPair, FakeClock, sampleChallenge, sampleFrame, sampleHello } from '@longline/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AgentEnd } from './AgentEnd.ts';
import type { HelloProof, HelloSigner } from './challenge.ts';
import type { LineClose } from './errors.ts';
import type { AgentHello } from './hello.ts';
import { decodeHello, encodeHello, MAX_HELLO_BYTES } from './helloRecord.ts';
import { Outbox } from './Outbox.ts';
import { RobotEnd } from './RobotEnd.ts';
import { SimulatedLine } from './SimulatedLine.fixture.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const signer: HelloSigner = { server: sampleChallenge.server, sign: (text) => sign(null, text, privateKey) };
const isGood = ({ text, signature }: HelloProof): boolean => verify(null, text, publicKey, signature);

/** Both ends, not connected yet, with what the server's was told. */
class Greeting {
  readonly clock = new FakeClock();
  readonly pair = new DuplexPair(this.clock);
  readonly hellos: { readonly hello: AgentHello; readonly proof: HelloProof }[] = [];
  readonly agent: AgentEnd;
  readonly robot: RobotEnd;
  agentClose: LineClose | undefined;
  robotClose: LineClose | undefined;

  constructor(options: { readonly signer?: HelloSigner } = {}) {
    this.agent = this.pair.left.attach(
      (transport) =>
        new AgentEnd({
          transport,
          clock: this.clock,
          hello: sampleHello,
          outbox: new Outbox(this.clock),
          signer: options.signer,
          handlers: {
            handleWelcome: () => undefined,
            handleRequest: () => undefined,
            handleClosed: (close) => (this.agentClose = close),
          },
        }),
    );
    this.robot = this.pair.right.attach(
      (transport) =>
        new RobotEnd({
          transport,
          clock: this.clock,
          challenge: sampleChallenge,
          handlers: {
            handleHello: (hello, { text, signature }) => {
              this.hellos.push({ hello, proof: { text, signature: signature.slice() } });
              this.robot.welcome({ server: 's', software: 'x', epoch: 1 });
            },
            handleAdvertise: () => undefined,
            handleUnadvertise: () => undefined,
            handleMessage: () => undefined,
            handleDropped: () => undefined,
            handleStatus: () => undefined,
            handleClosed: (close) => (this.robotClose = close),
          },
        }),
    );
  }
}

describe('an agent', () => {
  test.each([
    ['that is connected before the challenge comes', ['left', 'right']],
    ['that may speak after the challenge came', ['right', 'left']],
  ] as const)('%s answers it at once', async (_name, order) => {
    const greeting = new Greeting();
    for (const side of order) {
      greeting.pair[side].open();
      await greeting.clock.advance(100);
    }
    expect(greeting.hellos).toMatchObject([{ hello: { device: 'd', boot: 'b' } }]);
    expect(greeting.agent.state).toBe('open');
    expect(greeting.robot.state).toBe('open');
  });

  test('says nothing to a server that does not speak first, and gives up after 10 s', async () => {
    const greeting = new Greeting();
    greeting.pair.left.open();
    await greeting.clock.advance(9_999);
    expect(greeting.pair.left.sent).toEqual([]);
    await greeting.clock.advance(1);
    expect(greeting.agentClose).toMatchObject({ code: 'HELLO_TIMEOUT' });
  });

  test('that joined proves itself with nonce, name and hello, and one that did not sends no signature', async () => {
    const joined = new Greeting({ signer });
    joined.pair.open();
    await joined.clock.advance(0);
    const [first] = joined.hellos;
    expect(first?.proof.signature).toHaveLength(64);
    expect(first !== undefined && isGood(first.proof)).toBe(true);
    expect(new TextDecoder().decode(first?.proof.text)).toMatch(
      /^longline\.v1 hello\nA{43}\ns\n\{"role":"agent",.*\}$/,
    );

    const stranger = new Greeting();
    stranger.pair.open();
    await stranger.clock.advance(0);
    expect(stranger.hellos[0]?.proof.signature).toHaveLength(0);
  });

  test('that joined signs for no server of another name, and says which it joined', async () => {
    const greeting = new Greeting({ signer: { ...signer, server: 'home' } });
    greeting.pair.open();
    await greeting.clock.advance(10);
    expect(greeting.agentClose).toMatchObject({
      closeCode: 4421,
      code: 'SERVER_UNEXPECTED',
      reason: expect.stringContaining('joined the server home; s answered') as string,
    });
    expect(greeting.hellos).toEqual([]);
    expect(greeting.pair.left.sent).toEqual([]);
  });

  test.each([
    ['a welcome without a challenge', [sampleFrame('welcome')], 'FRAME_UNEXPECTED'],
    ['two challenges', [sampleFrame('challenge'), sampleFrame('challenge')], 'FRAME_UNEXPECTED'],
    ['a nonce of another length', [sampleFrame('challenge', { nonce: 'AAAA', server: 's' })], 'FRAME_MALFORMED'],
    [
      'a name of two lines',
      [sampleFrame('challenge', { ...sampleChallenge, server: 's\n{"role":"agent"}' })],
      'FRAME_MALFORMED',
    ],
    [
      'a name without end',
      [sampleFrame('challenge', { ...sampleChallenge, server: 's'.repeat(4_000) })],
      'FRAME_TOO_LARGE',
    ],
  ])('ends the line on %s', (_name, frames, code) => {
    const greeting = new Greeting();
    greeting.agent.handleOpen();
    for (const frame of frames) greeting.agent.handleFrame(frame);
    expect(greeting.agentClose).toMatchObject({ code });
  });
});

describe('a server', () => {
  test('takes one answer to its challenge', async () => {
    const greeting = new Greeting();
    greeting.robot.handleFrame(sampleFrame('hello'));
    expect(greeting.hellos).toHaveLength(1);
    greeting.robot.handleFrame(sampleFrame('hello'));
    expect(greeting.robotClose).toMatchObject({ code: 'FRAME_UNEXPECTED' });
    await greeting.clock.advance(0);
  });

  const [head = new Uint8Array(0)] = encodeHello(sampleHello, sampleChallenge);
  const withPayload = (bytes: number): Uint8Array => new Uint8Array([...head, ...new Uint8Array(bytes)]);
  test.each([
    ['a signature that is cut', withPayload(63), 'FRAME_MALFORMED'],
    ['a signature that is too long', withPayload(65), 'FRAME_MALFORMED'],
    ['a hello without its length', new TextEncoder().encode(JSON.stringify(sampleHello)), 'FRAME_MALFORMED'],
    [
      'a hello without end',
      encodeHello({ ...sampleHello, robot: 'r'.repeat(MAX_HELLO_BYTES) }, sampleChallenge)[0]!,
      'FRAME_TOO_LARGE',
    ],
  ])('ends the line on %s', (_name, body, code) => {
    const greeting = new Greeting();
    greeting.robot.handleFrame(sampleFrame('hello', body));
    expect(greeting.robotClose).toMatchObject({ code });
    expect(greeting.hellos).toEqual([]);
  });
});

test('a hello is proved by its own bytes alone: with any of them altered it is no hello, or not signed', () => {
  const body = new Uint8Array(encodeHello(sampleHello, sampleChallenge, signer).flatMap((piece) => [...piece]));
  expect(isGood(decodeHello(body, sampleChallenge).proof)).toBe(true);
  const passes = (altered: Uint8Array): boolean => {
    try {
      return isGood(decodeHello(altered, sampleChallenge).proof);
    } catch {
      return false;
    }
  };
  for (let at = 0; at < body.length; at++) {
    const altered = body.slice();
    altered[at]! ^= 1 << (at % 8);
    expect(passes(altered)).toBe(false);
  }
  fc.assert(
    fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, difference) => {
      const altered = body.slice();
      altered[at]! ^= difference;
      expect(passes(altered)).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test('every further socket of a line proves itself as the first does', async () => {
  const conditions = { bytesPerS: 625_000, delayMs: 30, loss: 0.02 };
  const line = new SimulatedLine({ up: conditions, down: conditions, signer });
  const odometry = { id: 1, lane: 'state', delivery: 'latest', bytes: 720, rateHz: 50 } as const;
  const images = { id: 2, lane: 'bulk', delivery: 'latest', bytes: 30_000, rateHz: 15 } as const;
  await line.open([odometry, images]);
  await line.run(10_000, [odometry, images]);
  expect(line.sockets).toBeGreaterThan(1);
  expect(line.proofs.length).toBeGreaterThanOrEqual(line.sockets);
  for (const [index, proof] of line.proofs.entries()) {
    expect(isGood(proof)).toBe(true);
    if (index > 0) expect(new TextDecoder().decode(proof.text)).toMatch(/"socket":[123],/);
  }
});

test('a proof for one connection is none for another, nor for another server', () => {
  const body = new Uint8Array(encodeHello(sampleHello, sampleChallenge, signer).flatMap((piece) => [...piece]));
  expect(isGood(decodeHello(body, { ...sampleChallenge, nonce: `${'A'.repeat(42)}B` }).proof)).toBe(false);
  expect(isGood(decodeHello(body, { ...sampleChallenge, server: 't' }).proof)).toBe(false);
});
