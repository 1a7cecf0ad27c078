import type { Clock } from '@longline/ros';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AgentWorld, bytesOf, text } from './AgentWorld.fixture.ts';
import type { JournalStore } from './commands/JournalStore.ts';

/** A disk that outlives agents. Of what is being written when an agent is killed a part may be there. */
class Disk {
  text = '';

  /** What one run of an agent has of it. */
  open(
    clock: () => Clock,
    writeMs: number,
    tornShare: number,
  ): { readonly store: JournalStore; readonly kill: () => void } {
    let isAlive = true;
    let torn = '';
    const later = (): Promise<void> => new Promise((resolve) => void clock().after(writeMs, resolve));
    const store: JournalStore = {
      read: () => Promise.resolve(this.text),
      append: async (added) => {
        torn = added.slice(0, Math.floor(added.length * tornShare));
        await later();
        if (!isAlive) return;
        torn = '';
        this.text += added;
      },
      replace: async (all) => {
        await later();
        if (isAlive) this.text = all;
      },
      close: () => Promise.resolve(),
    };
    const kill = (): void => {
      isAlive = false;
      this.text += torn;
    };
    return { store, kill };
  }
}

type Step =
  | { readonly kind: 'send'; readonly id: number; readonly ageMs: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'kill'; readonly writeMs: number; readonly tornShare: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const), id: fc.nat(4), ageMs: fc.nat(900) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('kill' as const),
      writeMs: fc.nat(20),
      tornShare: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
);

test('however often a command is sent, and whenever line or agent die, it is executed once at most, and said so truly', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const disk = new Disk();
      const executed = new Map<number, number>();
      const done = new Set<number>();
      let sent = 0;
      const start = async (writeMs: number, tornShare: number): Promise<{ world: AgentWorld; kill: () => void }> => {
        const { store, kill } = disk.open((): Clock => world.clock, writeMs, tornShare);
        const world: AgentWorld = new AgentWorld({}, { journal: store });
        await world.started();
        return { world, kill };
      };
      const count = (world: AgentWorld): void => {
        for (const data of world.published('/note').splice(0)) {
          const id = ids.findIndex((bytes) => Buffer.compare(bytes, data) === 0);
          executed.set(id, (executed.get(id) ?? 0) + 1);
        }
        world.graph.published.length = 0;
      };
      let { world, kill } = await start(0, 0);
      for (const each of steps) {
        switch (each.kind) {
          case 'send': {
            const { id, ageMs } = each;
            const header = { id: `c${id}`, issuer: 'test', ageMs, deadlineMs: 500, token: 0, sequence: ++sent };
            const action = { kind: 'publish', topic: '/note', type: 'std_msgs/String', encoding: 'ros1' } as const;
            try {
              world.server.line.robot.request({ ...header, action }, ids[id]!, ({ state }) => {
                if (state === 'done') done.add(id);
              });
            } catch {
              // It is open on this line already, or the line is gone.
            }
            break;
          }
          case 'pass':
            await world.clock.advance(each.ms);
            break;
          case 'cut':
            world.server.line.pair.cut();
            await world.clock.advance(2_000);
            break;
          case 'kill':
            kill();
            count(world);
            ({ world, kill } = await start(each.writeMs, each.tornShare));
        }
      }
      await world.clock.advance(2_000);
      count(world);
      for (const times of executed.values()) expect(times).toBe(1);
      for (const id of done) expect(executed.has(id)).toBe(true);
      for (let id = 0; id < ids.length; id++) {
        const asked = world.server.line.request(
          { kind: 'publish', topic: '/note', type: 'std_msgs/String', encoding: 'ros1' },
          ids[id],
          { id: `c${id}`, ageMs: 500, deadlineMs: 500 },
        );
        await world.clock.advance(100);
        const word = asked.at(-1)!;
        if (word.state === 'done' || word.code === 'REPLY_FORGOTTEN') expect(executed.has(id)).toBe(true);
        if (executed.has(id)) expect(['done', 'failed']).toContain(word.state);
      }
      expect(world.published('/note')).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
}, 60_000);

const ids = [0, 1, 2, 3, 4].map((id) => bytesOf(text, { data: `c${id}` }));
