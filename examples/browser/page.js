// Shows the connection's status and the newest pose of every turtle. It is told nothing while nobody sees the page.
import { connect } from '@longline/client';

const fleet = connect(location.origin);
const status = document.getElementById('status');
const robots = document.getElementById('robots');
const poses = new Map();

fleet.onStatus(({ state, reason }) => (status.textContent = reason ?? state));
fleet.subscribe(
  { device: '*', topic: '/turtle1/pose', rateHz: 5 },
  {
    handleMessage: ({ value }, device) => {
      poses.set(device, value);
      robots.textContent = [...poses].map(([id, { x, y }]) => `${id}  ${x.toFixed(2)}  ${y.toFixed(2)}`).join('\n');
    },
  },
);
