import {
  FakeClock,
  fuzzSeed,
  hostileFrame,
  randomFrom,
  sampleChallenge,
  sampleFrame,
  sampleHello,
  sampleWelcome,
} from '@longline/testing';
import { describe, expect, test } from 'vitest';
import { AgentEnd } from './AgentEnd.ts';
import type { LineEndpoint } from './bindWebSocket.ts';
import { lineCloseCodes } from './errors.ts';
import { LiveEnd } from './LiveEnd.ts';
import { Outbox } from './Outbox.ts';
import { ReaderEnd } from './ReaderEnd.ts';
import { RobotEnd } from './RobotEnd.ts';
import type { Transport } from './Transport.ts';

const FRAMES = 10_000;
const seed = fuzzSeed();

interface Subject {
  readonly end: LineEndpoint & { readonly state: string };
  readonly closeCodes: number[];
}

const nothing = (): void => undefined;

/** The four ends, each already past its greeting. */
const subjects: Record<string, (transport: Transport, clock: FakeClock) => Subject['end']> = {
  "the server's end of a robot's line": (transport, clock) => {
    const end: RobotEnd = new RobotEnd({
      transport,
      clock,
      challenge: sampleChallenge,
      handlers: {
        handleHello: () => end.welcome(sampleWelcome),
        handleAdvertise: nothing,
        handleUnadvertise: nothing,
        handleMessage: nothing,
        handleDropped: nothing,
        handleStatus: nothing,
        handleClosed: nothing,
      },
    });
    end.handleFrame(sampleFrame('hello'));
    end.handleFrame(sampleFrame('schema'));
    end.handleFrame(sampleFrame('advertise'));
    return end;
  },
  "the agent's end": (transport, clock) => {
    const end = new AgentEnd({
      transport,
      clock,
      outbox: new Outbox(clock),
      hello: sampleHello,
      handlers: {
        handleWelcome: nothing,
        handleRequest: ({ id }) => end.reply({ id, state: 'done' }),
        handleClosed: nothing,
      },
    });
    end.handleOpen();
    end.handleFrame(sampleFrame('challenge'));
    end.handleFrame(sampleFrame('welcome'));
    return end;
  },
  "the server's end of a reader's line": (transport, clock) => {
    const end: LiveEnd = new LiveEnd({
      transport,
      clock,
      handlers: {
        handleHello: () => end.welcome(sampleWelcome),
        handleSubscribe: nothing,
        handleUnsubscribe: nothing,
        handleRequest: nothing,
        handleClosed: nothing,
      },
    });
    end.handleFrame(sampleFrame('hello', { role: 'reader', software: '', features: [] }));
    return end;
  },
  "the reader's end": (transport, clock) => {
    const end = new ReaderEnd({
      transport,
      clock,
      hello: { role: 'reader', software: '', features: [] },
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
    });
    end.handleFrame(sampleFrame('welcome'));
    return end;
  },
};

describe(`${FRAMES} random and mutated frames (FUZZ_SEED=${seed})`, () => {
  test.each(Object.keys(subjects))('%s refuses each with a documented code and never throws', (name) => {
    const random = randomFrom(seed);
    const documented = new Set<number>(Object.values(lineCloseCodes));
    const clock = new FakeClock();
    let closeCode: number | undefined;
    let refused = 0;
    let accepted = 0;
    const transport: Transport = { bufferedBytes: 0, send: nothing, close: (code) => (closeCode = code) };
    let end = subjects[name]!(transport, clock);
    expect(end.state).toBe('open');
    for (let index = 0; index < FRAMES; index++) {
      end.handleFrame(hostileFrame(random));
      if (end.state === 'closed') {
        refused += 1;
        expect(documented).toContain(closeCode);
        expect(closeCode).not.toBe(lineCloseCodes.INTERNAL);
        end = subjects[name]!(transport, clock);
      } else {
        accepted += 1;
      }
    }
    expect(refused).toBeGreaterThan(FRAMES / 2);
    expect(accepted).toBeGreaterThan(0);
    end.handleDisconnected(1006, '');
    expect(clock.pendingTimers).toBe(0);
  });
});
