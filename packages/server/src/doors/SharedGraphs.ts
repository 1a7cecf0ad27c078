import type { Clock, RosGraph } from '@longline/ros';
import type { Principal } from '../access/Principal.ts';
import { SharedGraph } from './SharedGraph.ts';

interface Use {
  readonly graph: SharedGraph;
  sessions: number;
}

/** What a session holds of a shared graph. */
export interface GraphUse {
  readonly graph: SharedGraph;
  /** Idempotent. */
  readonly release: () => void;
}

/** The robots that doors' sessions have open: one graph for each device and principal. */
export class SharedGraphs {
  readonly #clock: Clock;
  readonly #open: (principal: Principal, device: string) => RosGraph;
  readonly #uses = new Map<Principal, Map<string, Use>>();

  constructor(clock: Clock, open: (principal: Principal, device: string) => RosGraph) {
    this.#clock = clock;
    this.#open = open;
  }

  /** Graphs open now. */
  get size(): number {
    return this.#uses.values().reduce((sum, { size }) => sum + size, 0);
  }

  acquire(principal: Principal, device: string): GraphUse {
    const ofPrincipal = this.#uses.get(principal) ?? new Map<string, Use>();
    this.#uses.set(principal, ofPrincipal);
    const use = ofPrincipal.get(device) ?? {
      graph: new SharedGraph(this.#open(principal, device), this.#clock),
      sessions: 0,
    };
    ofPrincipal.set(device, use);
    use.sessions++;
    let isHeld = true;
    return {
      graph: use.graph,
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        if (--use.sessions > 0) return;
        ofPrincipal.delete(device);
        if (ofPrincipal.size === 0) this.#uses.delete(principal);
        void use.graph.end();
      },
    };
  }
}
