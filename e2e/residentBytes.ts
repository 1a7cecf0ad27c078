import { readFileSync } from 'node:fs';
import type { PeerProcess } from '@longline/testing';

/** The memory that a process holds now, in bytes. */
export function residentBytes({ pid }: PeerProcess): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
