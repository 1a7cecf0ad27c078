import type { Answer, Order } from './orders.ts';

/** Makes this process a child of the bench, which lives as long as its parent. */
export function obey(carryOut: (order: Order) => Promise<Answer>): void {
  process.on('message', (order: Order) => {
    carryOut(order)
      .catch((error: unknown) => ({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }))
      .then(
        (answer) => process.send?.(answer),
        () => process.exit(1),
      );
  });
  process.on('disconnect', () => process.exit(0));
}
