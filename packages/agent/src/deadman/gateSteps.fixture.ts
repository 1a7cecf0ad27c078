import fc from 'fast-check';
import type { GateHistory } from './GateHistory.fixture.ts';

const ms = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
const rarely = (oneIn: number): fc.Arbitrary<boolean> => fc.nat(oneIn - 1).map((number) => number === 0);
const kind = <const K extends string>(name: K): { kind: fc.Arbitrary<K> } => ({ kind: fc.constant(name) });
/** Mostly the newest token, now and then an older one or one of the future. */
const back = fc.oneof(
  { weight: 8, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: -1, max: 3 }) },
);

const drive = fc.record({
  ...kind('drive'),
  back,
  delayMs: fc.oneof(fc.constant(0), ms(700)),
  olderMs: fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: ms(600) },
    { weight: 1, arbitrary: fc.constant(3_600_000) },
  ),
  deadlineMs: fc.oneof(fc.constant(5_000), ms(400)),
  repeat: rarely(5),
  isZero: rarely(6),
  isOutOfOrder: rarely(12),
});
const conditions = fc.record(
  {
    holdMs: fc.oneof(fc.constant(0), ms(300)),
    refusesMessages: rarely(3),
    isSilent: rarely(3),
    isDiskFull: rarely(3),
    diskMs: ms(40),
  },
  { requiredKeys: [] },
);

/** What an operator, a program, the network or the robot does in a history, and how often. */
export const gateStep = fc.oneof(
  { weight: 30, arbitrary: drive },
  { weight: 8, arbitrary: fc.record({ ...kind('replay'), which: fc.nat(8), delayMs: ms(1_000) }) },
  { weight: 14, arbitrary: fc.record({ ...kind('pass'), durationMs: ms(300) }) },
  { weight: 1, arbitrary: fc.record({ ...kind('pass'), durationMs: ms(4_000) }) },
  { weight: 8, arbitrary: fc.record({ ...kind('take'), holdMs: fc.integer({ min: 200, max: 8_000 }) }) },
  { weight: 2, arbitrary: fc.record({ ...kind('renew'), back, holdMs: ms(2_000) }) },
  { weight: 1, arbitrary: fc.record({ ...kind('release'), back }) },
  { weight: 1, arbitrary: fc.record(kind('line closes')) },
  { weight: 1, arbitrary: fc.record(kind('agent is silent')) },
  { weight: 1, arbitrary: fc.record(kind('stop')) },
  { weight: 6, arbitrary: fc.record({ ...kind('release stop'), back }) },
  { weight: 1, arbitrary: fc.record(kind('restart')) },
  { weight: 1, arbitrary: fc.record({ ...kind('wall clock jumps'), hours: fc.constantFrom(-1n, 1n) }) },
  { weight: 1, arbitrary: fc.record({ ...kind('stall'), durationMs: ms(800) }) },
  { weight: 2, arbitrary: fc.record({ ...kind('conditions'), conditions }) },
  { weight: 7, arbitrary: fc.record(kind('all is well')) },
);
export type GateStep = typeof gateStep extends fc.Arbitrary<infer T> ? T : never;

/** Lets it happen. */
export async function takeStep(history: GateHistory, step: GateStep): Promise<void> {
  switch (step.kind) {
    case 'drive': {
      history.drive(step);
      return;
    }
    case 'replay': {
      history.replay(step.which, step.delayMs);
      return;
    }
    case 'pass':
      return history.advance(step.durationMs);
    case 'take':
      return history.take(step.holdMs);
    case 'renew': {
      history.renew(history.token(step.back), step.holdMs);
      return;
    }
    case 'release': {
      history.release(history.token(step.back));
      return;
    }
    case 'line closes': {
      history.closeLine();
      return;
    }
    case 'agent is silent': {
      history.stopMoving();
      return;
    }
    case 'stop': {
      history.stop();
      return;
    }
    case 'release stop': {
      history.releaseStop(history.token(step.back));
      return;
    }
    case 'restart':
      return history.restart();
    case 'wall clock jumps': {
      history.clock.setWallNs(history.clock.wallNs() + step.hours * 3_600_000_000_000n);
      return;
    }
    case 'stall':
      return history.stall(step.durationMs);
    case 'conditions': {
      history.change(step.conditions);
      return;
    }
    case 'all is well': {
      history.repair();
      return;
    }
  }
}
