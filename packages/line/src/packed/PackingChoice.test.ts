import { FakeClock } from '@longline/testing';
import { describe, expect, test } from 'vitest';
import { nodeZstd } from '../node/zstd.ts';
import { noise, recordsOf } from './packed.fixture.ts';
import { Packer } from './Packer.ts';
import { PackingChoice } from './PackingChoice.ts';
import type { Zstd } from './Zstd.ts';

/** A choice, the packer it decides about, and how often zstd was asked for a sample. */
function subject() {
  const clock = new FakeClock();
  const sampled: number[] = [];
  const zstd: Zstd = {
    ...nodeZstd,
    compress: (data, dictionary) => {
      sampled.push(data.length);
      return nodeZstd.compress(data, dictionary);
    },
  };
  const choice = new PackingChoice({ clock, zstd });
  const packer = new Packer(nodeZstd);
  let sequence = 0;
  /** Sends one message as a line does; whether it was packed. */
  const send = (channel: number, data: Uint8Array, spentMs = 0.01): boolean => {
    sequence += 1;
    if (!choice.shouldPack(channel, data)) return false;
    const logTime = clock.wallNs();
    packer.pack(recordsOf([{ channel, sequence, logTime, publishTime: logTime, data }]));
    choice.handlePacked(packer.shares, spentMs);
    return true;
  };
  return { clock, choice, sampled, send };
}

const pose = (index: number): Uint8Array =>
  new Uint8Array(new Float64Array([index, Math.sin(index), 0, 0, 0, 0]).buffer);

describe('PackingChoice', () => {
  test('small messages are packed from the second one on and stay so', async () => {
    const { clock, sampled, send } = subject();
    expect(send(1, pose(0))).toBe(false);
    for (let index = 1; index < 1000; index++) {
      expect(send(1, pose(index))).toBe(true);
      await clock.advance(10);
    }
    expect(sampled).toEqual([]);
  });

  test('noise of 400 bytes is left plain after one trial of eight messages, and tried again after 5 s, 10 s, 20 s', async () => {
    const { clock, send } = subject();
    const packedAtS: number[] = [];
    for (let index = 0; index < 5_000; index++) {
      if (send(1, noise(400, index + 1))) packedAtS.push(Math.floor(clock.monotonicMs() / 1000));
      await clock.advance(10);
    }
    const trials = [...new Set(packedAtS)];
    expect(packedAtS).toHaveLength(8 * 4);
    expect(trials).toHaveLength(4);
    expect(trials[0]).toBe(0);
    expect(trials[1]).toBeGreaterThanOrEqual(5);
    expect(trials[2]).toBeGreaterThanOrEqual(15);
    expect(trials[3]).toBeGreaterThanOrEqual(35);
  });

  test('a stream of JPEG images costs two samples of 4 KB, and two more at each new trial', async () => {
    const { clock, sampled, send } = subject();
    for (let index = 0; index < 30 * 12; index++) {
      expect(send(2, noise(30_000, index + 1))).toBe(false);
      await clock.advance(1000 / 30);
    }
    expect(sampled).toEqual([4096, 4096, 4096, 4096]);
  });

  test('raw images are compressed after one sample', () => {
    const { sampled, send } = subject();
    const image = Uint8Array.from({ length: 640 * 480 }, (_, at) => (at % 640) >> 3);
    for (let index = 0; index < 10; index++) expect(send(2, image)).toBe(true);
    expect(sampled).toEqual([4096]);
  });

  test('a channel whose messages turn into noise is left plain, and packed again when they are plain again', async () => {
    const { clock, send } = subject();
    for (let index = 0; index < 200; index++) send(1, pose(index));
    let packed = 0;
    for (let index = 0; index < 200; index++) packed += send(1, noise(400, index + 1)) ? 1 : 0;
    expect(packed).toBeLessThan(40);
    await clock.advance(5_000);
    for (let index = 0; index < 200; index++) send(1, pose(index));
    expect(send(1, pose(1))).toBe(true);
  });

  test('a flood that would take more than 5 % of the time is plain within a second; a slow channel beside it stays packed', async () => {
    const { clock, send } = subject();
    send(2, pose(0));
    let floodPacked = 0;
    let spentMs = 0;
    for (let millisecond = 0; millisecond < 4_000; millisecond++) {
      for (let index = 0; index < 100; index++) {
        // 1 us a message: 10 % of the time at 100,000 messages a second.
        if (send(1, pose(index), 0.001)) {
          spentMs += 0.001;
          floodPacked += 1;
        }
      }
      if (millisecond % 20 === 0) expect(send(2, pose(millisecond), 0.001)).toBe(true);
      await clock.advance(1);
    }
    expect(floodPacked).toBeLessThan(50_000);
    expect(spentMs / 4_000).toBeLessThan(0.05);
    expect(send(1, pose(0), 0.001)).toBe(false);
  });

  test('a flood that goes on is tried for ever shorter shares of the time', async () => {
    const { clock, choice } = subject();
    const triedAtS = new Set<number>();
    for (let tick = 0; tick < 4_000; tick++) {
      let packed = 0;
      for (let index = 0; index < 1_000; index++) packed += choice.shouldPack(1, pose(index)) ? 1 : 0;
      if (packed > 0) {
        triedAtS.add(Math.floor(clock.monotonicMs() / 1000));
        choice.handlePacked([{ channelId: 1, messages: packed, plainBytes: 77 * packed, packedBytes: 7 * packed }], 5);
      }
      await clock.advance(10);
    }
    expect([...triedAtS]).toEqual([0, 5, 15, 35]);
  });

  test('when time runs out, what saves the fewest bytes in a millisecond goes first', async () => {
    const { clock, choice } = subject();
    const share = (channelId: number, packedBytes: number) => ({
      channelId,
      messages: 10,
      plainBytes: 1000,
      packedBytes,
    });
    for (const id of [1, 2, 3]) choice.shouldPack(id, pose(id));
    for (let round = 0; round < 40; round++) {
      choice.handlePacked([share(1, 100), share(2, 800), share(3, 300)], 1);
      await clock.advance(10);
    }
    expect([1, 2, 3].map((id) => choice.shouldPack(id, pose(id)))).toEqual([true, false, true]);
  });

  test('without zstd large messages are left plain and small ones are packed', () => {
    const choice = new PackingChoice({ clock: new FakeClock(), zstd: undefined });
    expect(choice.shouldPack(1, new Uint8Array(5000))).toBe(false);
    expect(choice.shouldPack(2, new Uint8Array(500))).toBe(false);
    expect(choice.shouldPack(2, new Uint8Array(500))).toBe(true);
  });

  test('a forgotten channel is tried anew', () => {
    const { choice, send } = subject();
    for (let index = 0; index < 20; index++) send(1, noise(400, index + 1));
    expect(send(1, noise(400, 99))).toBe(false);
    choice.forget(1);
    expect(send(1, noise(400, 99))).toBe(false);
    expect(send(1, noise(400, 99))).toBe(true);
  });
});
