import type { Disposer } from '@longline/ros';

/** Why somebody's connections end. */
export type SessionEnd = 'ACCESS_REVOKED' | 'RIGHTS_CHANGED' | 'TOKEN_EXPIRED';

/** Who is connected now, by the ID of the principal: so that what is taken away ends at once. */
export class Sessions {
  readonly #open = new Map<string, Set<(why: SessionEnd) => void>>();

  /** Connections of a principal. */
  countOf(id: string): number {
    return this.#open.get(id)?.size ?? 0;
  }

  /** A connection of a principal began; `close` ends it. Dispose when it ended by itself. */
  open(id: string, close: (why: SessionEnd) => void): Disposer {
    const sessions = this.#open.get(id) ?? new Set();
    this.#open.set(id, sessions.add(close));
    return () => {
      sessions.delete(close);
      if (sessions.size === 0 && this.#open.get(id) === sessions) this.#open.delete(id);
    };
  }

  /** Ends all connections of a principal. */
  end(id: string, why: SessionEnd): void {
    for (const close of [...(this.#open.get(id) ?? [])]) close(why);
  }
}
