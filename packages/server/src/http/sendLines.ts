import { PassThrough, Readable } from 'node:stream';
import { once } from 'node:events';
import type { FastifyReply } from 'fastify';
import type { Clock, Disposer } from '@longline/ros';
import { stringifyExact } from '@longline/ros';

/** The media type of one JSON text a line. */
export const ndjson = 'application/x-ndjson';
/** Lines that leave at once. */
const LINES_AT_ONCE = 100;
/** An idle stream has an empty line so often, in milliseconds: what stands between takes a silent one for dead. */
const IDLE_EVERY_MS = 15_000;

/** Answers with a line of exact JSON for each item, as fast as the client takes them, until it leaves. */
export function sendLines(reply: FastifyReply, items: Iterable<unknown>, left: AbortSignal): void {
  const stream = Readable.from(chunksOf(items));
  left.addEventListener('abort', () => void stream.destroy(), { once: true });
  void head(reply).send(stream);
}

/** Answers with a line for each item as it comes, and empty ones between, until the client leaves; the signal then ends the items. */
export function followLines(
  reply: FastifyReply,
  clock: Clock,
  left: AbortSignal,
  follow: (signal: AbortSignal) => AsyncIterable<unknown>,
): void {
  const stream = new PassThrough();
  let cancelIdle: Disposer = () => undefined;
  const writeIdle = (): void => {
    cancelIdle = clock.after(IDLE_EVERY_MS, writeIdle);
    // A client that takes nothing needs no sign of life.
    if (!stream.writableNeedDrain) stream.write('\n');
  };
  const handleLeft = (): void => {
    cancelIdle();
    stream.destroy();
  };
  left.addEventListener('abort', handleLeft, { once: true });
  const write = async (): Promise<void> => {
    for await (const item of follow(left)) {
      if (!stream.write(lineOf(item))) await once(stream, 'drain', { signal: left });
    }
  };
  // Headers leave with the first bytes.
  writeIdle();
  write().then(
    () => stream.end(),
    (error: unknown) => {
      if (!left.aborted) stream.destroy(error instanceof Error ? error : undefined);
    },
  );
  void head(reply).send(stream);
}

const head = (reply: FastifyReply): FastifyReply => reply.type(ndjson).header('cache-control', 'no-store');

const lineOf = (item: unknown): string => `${stringifyExact(item)}\n`;

function* chunksOf(items: Iterable<unknown>): Generator<string, undefined> {
  let lines: string[] = [];
  for (const item of items) {
    if (lines.push(lineOf(item)) < LINES_AT_ONCE) continue;
    yield lines.join('');
    lines = [];
  }
  if (lines.length > 0) yield lines.join('');
  return undefined;
}
