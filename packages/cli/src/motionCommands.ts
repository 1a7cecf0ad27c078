import type { Command } from 'commander';
import { addExamples, addReader, duration, speed } from './commandOptions.ts';
import type { ReaderFlags } from './commandOptions.ts';
import type { Terminal } from './Terminal.ts';

/** Adds what moves a robot, and what stops it: drive, lease, stop. */
export function addMotionCommands(program: Command, terminal: Terminal): void {
  addExamples(
    addReader(
      program
        .command('stop')
        .argument('[device]', 'ID of the robot, or a pattern like truck-*; without one EVERY robot')
        .description('stop robots at once, and keep them stopped until they are released; needs no lease'),
    ),
    'longline stop',
    'longline stop robot-1',
    "longline stop robot-1 --outputs '/arm/**'",
    'longline stop --release robot-1',
  )
    .option('--outputs <pattern>', 'only topics, services and parameters that match')
    .option('--release', 'let one robot move again; takes its lease for that')
    .option('--take-over', 'with --release: take the lease from whoever holds it')
    .action(
      async (
        device: string | undefined,
        options: ReaderFlags & { outputs?: string; release?: boolean; takeOver?: boolean },
      ) => (await import('./commands/stop.ts')).stop(terminal, device, options),
    );
  addExamples(
    addReader(
      program
        .command('lease')
        .argument('<device>', 'ID of the robot')
        .description('who may move a robot, and what moves it'),
    ),
    'longline lease robot-1',
    'longline lease robot-1 --take',
  )
    .option('--take', 'take the lease and hold it until Ctrl-C')
    .option('--take-over', 'take it from whoever holds it')
    .option('--hold <duration>', 'it ends so long after the last word of this program (default: 1500ms)', duration)
    .action(async (device: string, options: ReaderFlags & { take?: boolean; takeOver?: boolean; hold?: number }) =>
      (await import('./commands/lease.ts')).lease(terminal, device, { ...options, holdMs: options.hold }),
    );
  addExamples(
    addReader(
      program
        .command('drive')
        .argument('<device>', 'ID of the robot')
        .argument('[topic]', 'Twist or TwistStamped topic (default: the only one that somebody hears)')
        .description('drive a robot by keys, under its lease: w a s d or arrows while held, space stops, q ends'),
    ),
    'longline drive robot-1',
    'longline drive robot-1 /cmd_vel --speed 0.2 --turn 0.5',
  )
    .option('--speed <m/s>', 'full speed (default: 0.5)', speed)
    .option('--turn <rad/s>', 'full turn (default: 1)', speed)
    .option('--take-over', 'take the lease from whoever holds it')
    .action(
      async (
        device: string,
        topic: string | undefined,
        options: ReaderFlags & { speed?: number; turn?: number; takeOver?: boolean },
      ) => (await import('./commands/drive.ts')).drive(terminal, device, topic, options),
    );
}
