import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** Says what a metric is now, one amount for each of its labels' values. */
export type ReadLabelled = () => Iterable<readonly [label: string, amount: number]>;

/** A gauge that is read when somebody asks. */
export function readGauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({ name, help, registers: [registry], collect() { this.set(read()); } }); // prettier-ignore
}

/** A gauge with a label; what is not given has no series. */
export function readGauges(registry: Registry, name: string, help: string, label: string, read: ReadLabelled): void {
  new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, amount] of read()) this.set({ [label]: value }, amount);
    },
  });
}

/** A counter that is kept elsewhere. */
export function readCounter(registry: Registry, name: string, help: string, read: () => number): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

/** A counter with a label that is kept elsewhere. */
export function readCounters(registry: Registry, name: string, help: string, label: string, read: ReadLabelled): void {
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, amount] of read()) this.inc({ [label]: value }, amount);
    },
  });
}
