import { readFileSync } from 'node:fs';

/** What a process uses, as Linux counts it (proc(5)). */
export interface ProcessUse {
  /** User and system time, in milliseconds; the kernel counts in steps of 10. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  /** On the monotonic clock. */
  readonly atMs: number;
}

export function processUse(pid: number): ProcessUse {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const rssKib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * 10,
    rssBytes: Number(rssKib) * 1024,
    atMs: performance.now(),
  };
}

/** The CPU time between two looks as a share of one core. */
export const cpuShare = (from: ProcessUse, to: ProcessUse): number => (to.cpuMs - from.cpuMs) / (to.atMs - from.atMs);

/** User and system time of the whole machine, in milliseconds (proc(5)). */
export function machineCpuMs(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (
    /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? ''
  )
    .split(' ')
    .map(Number);
  return (user + nice + system + irq + softirq) * 10;
}
