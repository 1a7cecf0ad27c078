import type { Answer, Order, Progress } from './orders.ts';

/** Makes this process a child of the bench, which lives as long as its parent. */
export function obeyOrders(
  obey: (order: Order) => Promise<Answer>,
  handleProgress: (progress: Progress) => void = () => undefined,
): void {
  process.on('message', (order: Order | Progress) => {
    if ('progress' in order) {
      handleProgress(order);
      return;
    }
    obey(order)
      .catch((error: unknown): Answer => ({
        failed: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }))
      .then((answer) => process.send?.(answer))
      .catch(() => process.exit(1));
  });
  // The parent is gone.
  process.on('disconnect', () => process.exit(0));
}
