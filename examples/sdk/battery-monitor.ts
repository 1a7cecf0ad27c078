// Watches the batteries of all robots over one connection: a wildcard over devices and one over topics, once a second each.
// What is known already comes first; after the mark every message is news.
//
//   npm run example -- sdk/battery-monitor http://localhost:8080
import { connect } from '@longline/client';

const LOW_PERCENT = 20;
const fleet = connect(process.argv[2] ?? 'http://localhost:8080', { token: process.env['LONGLINE_TOKEN'] });
const percent = new Map<string, number>();
let isMarked = false;

fleet.subscribe(
  { device: '*', topic: '/**/battery_state', rateHz: 1 },
  {
    handleMessage: ({ value }, device) => {
      const now = Number(value['percentage']) * 100;
      const before = percent.get(device) ?? 100;
      percent.set(device, now);
      if (isMarked && now < LOW_PERCENT && before >= LOW_PERCENT) console.log(`${device} is low: ${now.toFixed(0)} %`);
    },
    handleMark: () => {
      isMarked = true;
      console.log('batteries:', Object.fromEntries([...percent].map(([device, now]) => [device, Math.round(now)])));
    },
    // What was last heard is not what is: say so instead of showing it as fresh.
    handleProblem: ({ message }) => console.log(`the server is not reached: ${message}`),
  },
);
process.once('SIGINT', () => void fleet.close());
