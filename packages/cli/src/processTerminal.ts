import { once } from 'node:events';
import type { Terminal } from './Terminal.ts';

const CTRL_C = '\x03';
/** Characters of standard input that are read. */
const MAX_INPUT = 4_096;

/** This process's terminal. The first Ctrl-C ends the command cleanly, a second one the process at once. */
export function processTerminal(): Terminal {
  const { stderr, stdin, stdout } = process;
  const stop = new AbortController();
  const handleSignal = (): void => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  };
  process.on('SIGINT', handleSignal);
  process.on('SIGTERM', handleSignal);
  // `| head` closes the pipe: what was asked for has been read.
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      stop.abort();
    });
  }
  return {
    async print(text) {
      if (stop.signal.aborted && stdout.writableNeedDrain) return;
      if (stdout.destroyed || stdout.write(text)) return;
      await once(stdout, 'drain', { signal: stop.signal }).catch(() => undefined);
    },
    warn: (line) => void stderr.write(`${line}\n`),
    signal: stop.signal,
    env: process.env,
    isTty: stdout.isTTY && process.env['TERM'] !== 'dumb',
    get columns() {
      return stdout.columns || 80;
    },
    get rows() {
      return stdout.rows || 24;
    },
    onHangUp(listener) {
      if (stdout.isTTY) return () => undefined;
      process.on('SIGHUP', listener);
      return () => process.off('SIGHUP', listener);
    },
    async readInput() {
      if (stdin.isTTY) return undefined;
      let text = '';
      for await (const chunk of stdin.setEncoding('utf8')) {
        text += String(chunk);
        if (text.includes('\n') || text.length >= MAX_INPUT) break;
      }
      return text.slice(0, MAX_INPUT).split('\n', 1)[0] ?? '';
    },
    readKeys(listener) {
      if (!stdin.isTTY) return undefined;
      const handleData = (data: Buffer): void => {
        const text = data.toString('utf8');
        // In raw mode Ctrl-C is a character like any other.
        if (text.includes(CTRL_C)) handleSignal();
        listener(text);
      };
      stdin.setRawMode(true);
      stdin.on('data', handleData);
      return () => {
        stdin.off('data', handleData);
        stdin.setRawMode(false);
        stdin.pause();
      };
    },
  };
}
