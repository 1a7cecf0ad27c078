import type { Terminal } from './Terminal.ts';

/** Draws lines over those drawn before, where the terminal can; else below them, after an empty line. The last picture stays. */
export function drawInPlace(terminal: Terminal): (lines: readonly string[]) => Promise<void> {
  let drawn = 0;
  return async (lines) => {
    const { columns, isTty, rows } = terminal;
    if (!isTty) {
      await terminal.print(`${drawn++ === 0 ? '' : '\n'}${lines.join('\n')}\n`);
      return;
    }
    // What scrolled away cannot be drawn over.
    const shown = lines.slice(0, Math.max(1, rows - 1)).map((text) => `${text.slice(0, columns - 1)}\x1b[K\n`);
    const back = drawn === 0 ? '' : `\x1b[${drawn}A`;
    drawn = shown.length;
    await terminal.print(`${back}\r${shown.join('')}\x1b[J`);
  };
}
