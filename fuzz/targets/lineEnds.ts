import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { AgentEnd, lineCloseCodes, LiveEnd, Outbox, ReaderEnd, RobotEnd } from '@longline/line';
import type { LineEndpoint, ReaderHello, RecordKindName, Transport } from '@longline/line';
import { nodeZstd } from '@longline/line/node';
import { FakeClock, sampleChallenge, sampleFrame, sampleHello, sampleWelcome } from '@longline/testing';
import { helloText } from '../../packages/line/src/challenge.ts';
import { bendBytes, joined } from '../bendBytes.ts';
import type { Dice } from '../Dice.ts';
import { claim } from '../FuzzTarget.ts';
import type { Feed, FuzzTarget } from '../FuzzTarget.ts';
import { bentFrame, frameOf, headedBody } from '../lineFrames.ts';

const nothing = (): void => undefined;
const documented = new Set<number>(Object.values(lineCloseCodes));

type End = LineEndpoint & { readonly state: string };

/** One role's end, how it is opened, and what its peer may send. */
interface Role {
  readonly name: string;
  readonly kinds: readonly RecordKindName[];
  readonly make: (transport: Transport, clock: FakeClock) => End;
  /** Those of them whose samples an open end takes, again and again. */
  readonly calm: readonly RecordKindName[];
  /** Takes it past the greeting. */
  readonly greet: (end: End) => void;
}

const readerHello: ReaderHello = { role: 'reader', software: '', features: [] };

const roles: readonly Role[] = [
  {
    name: 'line-robot-end',
    calm: ['message', 'dropped', 'status', 'report', 'ping', 'ackRequest', 'schema'],
    kinds: [
      'hello',
      'schema',
      'advertise',
      'unadvertise',
      'message',
      'dropped',
      'part',
      'packed',
      'reply',
      'status',
      'report',
      'ping',
      'pong',
      'ack',
      'ackRequest',
    ],
    make(transport, clock) {
      const end: RobotEnd = new RobotEnd({
        transport,
        clock,
        zstd: nodeZstd,
        challenge: sampleChallenge,
        handlers: {
          handleHello: () => end.welcome({ ...sampleWelcome }),
          handleAdvertise: nothing,
          handleUnadvertise: nothing,
          handleMessage: nothing,
          handleDropped: nothing,
          handleStatus: nothing,
          handleClosed: nothing,
        },
      });
      return end;
    },
    greet(end) {
      end.handleFrame(sampleFrame('hello'));
      end.handleFrame(sampleFrame('schema'));
      end.handleFrame(sampleFrame('advertise'));
    },
  },
  {
    name: 'line-agent-end',
    calm: ['demand', 'request', 'ping', 'ackRequest'],
    kinds: ['challenge', 'welcome', 'demand', 'request', 'part', 'ping', 'pong', 'ack', 'ackRequest'],
    make(transport, clock) {
      const end: AgentEnd = new AgentEnd({
        transport,
        clock,
        outbox: new Outbox(clock),
        hello: sampleHello,
        zstd: nodeZstd,
        handlers: {
          handleWelcome: nothing,
          handleDemand: nothing,
          handleRequest: ({ id }) => end.reply({ id, state: 'done' }),
          handleClosed: nothing,
        },
      });
      return end;
    },
    greet(end) {
      end.handleFrame(sampleFrame('challenge'));
      end.handleFrame(sampleFrame('welcome'));
    },
  },
  {
    name: 'line-live-end',
    calm: ['unsubscribe', 'request', 'ping', 'ackRequest'],
    kinds: ['hello', 'subscribe', 'unsubscribe', 'request', 'part', 'ping', 'pong', 'ack', 'ackRequest'],
    make(transport, clock) {
      const end: LiveEnd = new LiveEnd({
        transport,
        clock,
        handlers: {
          handleHello: () => end.welcome(sampleWelcome),
          handleSubscribe: ({ id }) => end.mark(id),
          handleUnsubscribe: nothing,
          handleRequest: ({ id }) => end.reply({ id, state: 'done' }),
          handleClosed: nothing,
        },
      });
      return end;
    },
    greet(end) {
      end.handleFrame(frameOf('hello', encoder.encode(JSON.stringify(readerHello))));
    },
  },
  {
    name: 'line-reader-end',
    calm: ['message', 'device', 'line', 'dropped', 'mark', 'ackRequest', 'schema'],
    kinds: [
      'welcome',
      'schema',
      'advertise',
      'unadvertise',
      'message',
      'dropped',
      'part',
      'reply',
      'device',
      'line',
      'mark',
      'ping',
      'pong',
      'ack',
      'ackRequest',
    ],
    make: (transport, clock) =>
      new ReaderEnd({
        transport,
        clock,
        hello: readerHello,
        handlers: {
          handleWelcome: nothing,
          handleAdvertise: nothing,
          handleUnadvertise: nothing,
          handleMessage: nothing,
          handleDropped: nothing,
          handleDevice: nothing,
          handleMark: nothing,
          handleClosed: nothing,
        },
      }),
    greet(end) {
      end.handleFrame(sampleFrame('welcome'));
      end.handleFrame(sampleFrame('schema'));
      end.handleFrame(sampleFrame('advertise'));
    },
  },
];

const encoder = new TextEncoder();

/** One end, its peer hostile from the greeting on or later: it ends with a documented code, holds no timer then, and never throws. */
async function playEnd(role: Role, dice: Dice, feed: Feed): Promise<void> {
  const clock = new FakeClock();
  let closeCode: number | undefined;
  const transport = { bufferedBytes: 0, send: nothing, close: (code: number) => void (closeCode = code) };
  const end = role.make(transport, clock);
  end.handleOpen?.();
  if (!dice.oneIn(3)) {
    role.greet(end);
    claim(end.state === 'open', 'a good greeting was refused');
  }
  const patience = dice.one([1, 4, 20]);
  for (let count = dice.between(1, 40); count > 0 && end.state !== 'closed'; count--) {
    if (dice.oneIn(20)) transport.bufferedBytes = dice.one([0, 100, 10_000_000]);
    if (dice.oneIn(60)) await clock.advance(dice.one([0, 5, 200]));
    if (dice.oneIn(60)) end.handleWritable();
    if (dice.oneIn(300)) feed('text', () => end.handleText());
    else {
      // What is bent mostly ends the line: to get far, a peer must be good for a while.
      const frame = dice.oneIn(patience) ? bentFrame(dice, role.kinds) : sampleFrame(dice.one(role.calm));
      feed(frame, () => end.handleFrame(frame));
    }
  }
  if (end.state === 'closed') {
    claim(closeCode !== undefined && documented.has(closeCode), `closed with ${closeCode}, which is not documented`);
    claim(closeCode !== lineCloseCodes.INTERNAL, 'closed with INTERNAL: something was thrown inside');
  }
  end.handleDisconnected(1006, '');
  claim(clock.pendingTimers === 0, `${clock.pendingTimers} timers are left of a closed line`);
}

/** The four ends of lines, each before a peer that may send anything. */
export const lineEnds: readonly FuzzTarget[] = roles.map((role) => ({
  name: role.name,
  weight: 2,
  open: () => ({ play: (dice, feed) => playEnd(role, dice, feed) }),
}));

/** A hello that was signed and then changed on its way: whoever verifies it sees that, whatever was changed. */
export const signedHello: FuzzTarget = {
  name: 'line-signed-hello',
  weight: 0.5,
  open() {
    const { privateKey } = generateKeyPairSync('ed25519');
    const key = createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const publicKey = createPublicKey(key);
    const hello = { ...sampleHello, highestToken: 7, robot: 'ros1://localhost:11311', features: ['zstd'] };
    const header = headedBody(hello);
    const signature = sign(null, helloText(sampleChallenge, header.subarray(4)), key);
    const good = joined(header, signature);
    return {
      play(dice, feed) {
        let body = good;
        while (Buffer.compare(body, good) === 0) body = bendBytes(dice, good);
        const isReplay = dice.oneIn(10);
        const challenge = isReplay ? { ...sampleChallenge, nonce: 'B'.repeat(43) } : sampleChallenge;
        let isProven = false;
        const clock = new FakeClock();
        const end: RobotEnd = new RobotEnd({
          transport: { bufferedBytes: 0, send: nothing, close: nothing },
          clock,
          challenge,
          handlers: {
            handleHello(_hello, proof) {
              isProven = proof.signature.length === 64 && verify(null, proof.text, publicKey, proof.signature);
            },
            handleAdvertise: nothing,
            handleUnadvertise: nothing,
            handleMessage: nothing,
            handleDropped: nothing,
            handleStatus: nothing,
            handleClosed: nothing,
          },
        });
        const frame = frameOf('hello', isReplay ? good : body);
        feed({ body, isReplay }, () => end.handleFrame(frame));
        end.handleDisconnected(1006, '');
        claim(
          !isProven,
          isReplay ? 'the proof for one nonce holds for another' : 'the proof holds for a changed hello',
        );
      },
    };
  },
};
