import type { Failure } from './play.ts';

/** What a worker is started with. */
export interface WorkerOrder {
  readonly seed: number;
  readonly only: string | undefined;
  /** Cases `first`, `first + step`, ... of every target. */
  readonly first: number;
  readonly step: number;
  /** Cases each target begins after, where a worker takes the place of one that hung. */
  readonly doneCases: Readonly<Record<string, number>>;
  /** Four numbers: when the case under way began (0: none), its target's index, its number, cases played. */
  readonly pulse: SharedArrayBuffer;
}

export const pulseAt = { startedMs: 0, target: 1, case: 2 } as const;

/** What a worker tells, about each slice of time it gave a target. */
export type WorkerReport =
  | {
      readonly kind: 'slice';
      readonly target: string;
      readonly cases: number;
      readonly frames: number;
      readonly longestMs: number;
    }
  /** Each target had a slice. */
  | { readonly kind: 'round' }
  | { readonly kind: 'heap'; readonly bytes: number }
  | { readonly kind: 'failure'; readonly target: string; readonly case: number; readonly failure: Failure };
