import { ROOM_METRES } from './Drive.ts';
import type { DriveState } from './Drive.ts';
import type { Random } from './random.ts';

/** Pillars in the room: their middles, in metres. */
const PILLARS = [
  [3, 3],
  [3, 8],
  [8, 3],
  [8, 8],
] as const;
const PILLAR_RADIUS_METRES = 0.2;
const RANGE_NOISE_METRES = 0.01;
const NO_ECHO_SHARE = 0.01;

/** What one ray of a lidar measures: the range to a wall or a pillar, in whole millimetres, and an intensity of 0 to 255. */
export function lidarBeam(state: DriveState, random: Random, angle: number): { range: number; intensity: number } {
  const [dx, dy] = [Math.cos(state.theta + angle), Math.sin(state.theta + angle)];
  let range = Math.min(
    dx > 0 ? (ROOM_METRES - state.x) / dx : -state.x / dx,
    dy > 0 ? (ROOM_METRES - state.y) / dy : -state.y / dy,
  );
  for (const [px, py] of PILLARS) {
    const [ox, oy] = [px - state.x, py - state.y];
    const along = ox * dx + oy * dy;
    const aside = Math.abs(ox * dy - oy * dx);
    if (along > 0 && aside < PILLAR_RADIUS_METRES) {
      range = Math.min(range, along - Math.sqrt(PILLAR_RADIUS_METRES ** 2 - aside ** 2));
    }
  }
  if (random.uniform() < NO_ECHO_SHARE || range > 12) return { range: Number.POSITIVE_INFINITY, intensity: 0 };
  const measured = Math.round((range + random.gaussian() * RANGE_NOISE_METRES) * 1000) / 1000;
  const intensity = Math.round(Math.min(255, Math.max(1, 220 - range * 15 + random.gaussian() * 4)));
  return { range: measured, intensity };
}
