import { expect, test } from 'vitest';
import { refuseTokenInUrl } from './refuseTokenInUrl.ts';

const token = `ll_${'a'.repeat(43)}`;

test.each([
  `/api/v1/devices?token=${token}`,
  `/api/v1/devices?x=1&access_token=abc`,
  '/api/v1/devices?TOKEN=secret',
  `/api/v1/devices/${token}`,
  `/api/v1/live?ticket=${token}`,
  `/api/v1/devices?x=%6c%6c_${'a'.repeat(43)}`,
  `/api/v1/join?t=lj_${'b'.repeat(43)}`,
  `/api/v1/devices?t%6fken=secret`,
])('a token in an address is refused: %s', (url) => {
  expect(() => refuseTokenInUrl(url)).toThrow(expect.objectContaining({ code: 'TOKEN_IN_URL' }));
});

test.each([
  '/api/v1/devices',
  '/api/v1/devices/r1/lease?token=12',
  '/api/v1/devices/r1/stop?token=12&outputs=/cmd_vel',
  `/api/v1/live?ticket=lt_${'c'.repeat(43)}`,
  '/api/v1/devices/r1/latest?topic=/all_the_things_that_a_robot_tells',
  '/api/v1/devices?x=%zz',
])('anything else may stand there: %s', (url) => {
  expect(() => refuseTokenInUrl(url)).not.toThrow();
});
