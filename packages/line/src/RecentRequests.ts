/** Requests remembered; copies come within a few round trips. */
const KEPT = 256;

/** The requests that came last, so that the second copy of one that travelled on two sockets is known. */
export class RecentRequests {
  readonly #keys = new Set<string>();

  has(request: { readonly id: string; readonly sequence: number; readonly sentMs: number }): boolean {
    return this.#keys.has(keyOf(request));
  }

  add(request: { readonly id: string; readonly sequence: number; readonly sentMs: number }): void {
    this.#keys.add(keyOf(request));
    if (this.#keys.size <= KEPT) return;
    const [oldest] = this.#keys;
    if (oldest !== undefined) this.#keys.delete(oldest);
  }
}

/** A request that is sent again has another time of sending: that is the robot's business, not a copy. */
const keyOf = ({
  id,
  sequence,
  sentMs,
}: {
  readonly id: string;
  readonly sequence: number;
  readonly sentMs: number;
}): string => `${sentMs} ${sequence} ${id}`;
