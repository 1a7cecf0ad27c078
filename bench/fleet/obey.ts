import type { AnswerMessage, OrderMessage } from './BenchChild.ts';
import type { Answers, Orders } from './orders.ts';

/** What one child can be asked. */
export type Verbs = {
  readonly [Name in keyof Orders & keyof Answers]?: (details: Orders[Name]) => Promise<Answers[Name]> | Answers[Name];
};

/** Makes this process a child of the bench, which lives as long as its parent. */
export function obey(verbs: Verbs): void {
  process.on('message', (message: OrderMessage) => {
    carryOut(verbs, message).then(
      (answer) => reply({ answer }),
      (error: unknown) => reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}

async function carryOut(verbs: Verbs, { order, details }: OrderMessage): Promise<unknown> {
  const verb = verbs[order] as ((details: unknown) => unknown) | undefined;
  if (verb === undefined) throw new Error(`this child knows no order ${order}`);
  return await verb(details);
}

const reply = (message: AnswerMessage): void => void process.send?.(message);
