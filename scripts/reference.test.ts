import { join } from 'node:path';
import { Application, Logger, LogLevel } from 'typedoc';
import { expect, test } from 'vitest';

/** Keeps what TypeDoc finds fault with. */
class Faults extends Logger {
  readonly said: string[] = [];

  override log(message: string, level: LogLevel): void {
    if (level >= LogLevel.Warn) this.said.push(message);
  }
}

const TEST_MS = 120_000;

test(
  'every public name of the SDK is documented, and no link of its reference leads nowhere',
  { timeout: TEST_MS },
  async () => {
    const application = await Application.bootstrap({ options: join(import.meta.dirname, 'typedoc.json') });
    const faults = new Faults();
    application.logger = faults;
    const project = await application.convert();
    if (project !== undefined) application.validate(project);
    expect(faults.said).toEqual([]);
    const names = project?.children?.flatMap(({ children = [] }) => children.map(({ name }) => name)) ?? [];
    expect(names).toEqual(expect.arrayContaining(['connect', 'Fleet', 'RemoteDevice', 'Lease', 'RosGraph', 'Message']));
  },
);
