/** A point on the plane. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The circle nearest to some points. */
export interface FittedCircle {
  readonly center: Point;
  readonly radius: number;
  /** Largest distance of a point from the circle. */
  readonly maxError: number;
}

/**
 * The circle that fits the points best by Kasa's algebraic least squares, in coordinates about their mean (I. Kasa, "A
 * circle fitting procedure and its error analysis", 1976). Undefined for fewer than three points or points on one line.
 */
export function fitCircle(points: readonly Point[]): FittedCircle | undefined {
  const count = points.length;
  if (count < 3) return undefined;
  const mean = {
    x: points.reduce((sum, { x }) => sum + x, 0) / count,
    y: points.reduce((sum, { y }) => sum + y, 0) / count,
  };
  let [xx, xy, yy, xz, yz] = [0, 0, 0, 0, 0];
  for (const point of points) {
    const [x, y] = [point.x - mean.x, point.y - mean.y];
    const z = x * x + y * y;
    xx += x * x;
    xy += x * y;
    yy += y * y;
    xz += x * z;
    yz += y * z;
  }
  const determinant = xx * yy - xy * xy;
  // Points on a line have no spread across it.
  if (determinant <= 1e-9 * (xx + yy) ** 2) return undefined;
  const a = (xz * yy - yz * xy) / (2 * determinant);
  const b = (yz * xx - xz * xy) / (2 * determinant);
  const radius = Math.sqrt(a * a + b * b + (xx + yy) / count);
  const center = { x: mean.x + a, y: mean.y + b };
  const maxError = Math.max(...points.map(({ x, y }) => Math.abs(Math.hypot(x - center.x, y - center.y) - radius)));
  return { center, radius, maxError };
}

/** How often the points go round the centre, in turns, counted in both directions against each other. */
export function turnsAround(points: readonly Point[], center: Point): number {
  let angle = 0;
  let before: number | undefined;
  for (const { x, y } of points) {
    const now = Math.atan2(y - center.y, x - center.x);
    if (before !== undefined) angle += Math.atan2(Math.sin(now - before), Math.cos(now - before));
    before = now;
  }
  return Math.abs(angle) / (2 * Math.PI);
}
