import { CliError } from '../errors.ts';
import type { Terminal } from '../Terminal.ts';

const MAX_CHARACTERS = 4_096;

/** Asks for a secret at the keyboard, where it is not shown, or takes it from standard input. Throws `ARGUMENT_INVALID`. */
export async function readSecret(terminal: Terminal, prompt: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = '';
  const stop = terminal.readKeys((keys) => {
    for (const key of keys) {
      if (key === '\r' || key === '\n') return resolve(text);
      if (key === '\x04') return reject(nothingTyped());
      if (key === '\x7f' || key === '\b') text = text.slice(0, -1);
      else if (key >= ' ' && text.length < MAX_CHARACTERS) text += key;
    }
  });
  if (stop === undefined) return (await terminal.readInput()) ?? Promise.reject(nothingTyped());
  const handleAbort = (): void => reject(nothingTyped());
  terminal.signal.addEventListener('abort', handleAbort, { once: true });
  terminal.warn(prompt);
  try {
    return await promise;
  } finally {
    terminal.signal.removeEventListener('abort', handleAbort);
    stop();
  }
}

const nothingTyped = (): CliError =>
  new CliError('ARGUMENT_INVALID', 'No token was given. Paste it at the prompt, or: longline login URL < file');
