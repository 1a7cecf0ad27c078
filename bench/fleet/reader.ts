// The reader of the fleet bench: one SDK client that subscribes to every topic of every robot.
import { connect } from '@longline/client';
import { nowMs } from './nowMs.ts';
import { obey } from './obey.ts';
import { readStamp, sentTopic } from './robotChannels.ts';

const MAX_AGES = 1_000_000;
const agesMs = new Float64Array(MAX_AGES);
let aged = 0;
let received = 0;
let handleReceived = (): void => undefined;

obey({
  async read({ url, expected }) {
    const fleet = connect(url);
    await fleet.ready({ deadlineMs: 60_000 });
    // Without a word the figures would be those of a reader that was away.
    fleet.status.listen((status) => {
      if (status.state === 'disconnected') console.error(`fleet: the reader's line ended: ${JSON.stringify(status)}`);
    });
    const { promise, resolve } = Promise.withResolvers<undefined>();
    handleReceived = () => {
      if (received >= expected) resolve(undefined);
    };
    fleet.subscribe(
      { device: '*', topic: '/**' },
      {
        handleMessage: ({ data, channel }) => {
          received++;
          handleReceived();
          if (channel.topic === sentTopic && aged < MAX_AGES) agesMs[aged++] = nowMs() - readStamp(data);
        },
      },
    );
    await promise;
    received = aged = 0;
    return undefined;
  },
  report() {
    const sorted = agesMs.slice(0, aged).sort();
    const quantile = (share: number): number => sorted[Math.min(aged - 1, Math.floor(aged * share))] ?? Number.NaN;
    const ages = { received, p50Ms: quantile(0.5), p99Ms: quantile(0.99), maxMs: quantile(1) };
    received = aged = 0;
    return ages;
  },
});
