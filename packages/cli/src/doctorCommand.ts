import type { Command } from 'commander';
import { addExamples } from './commandOptions.ts';
import type { Terminal } from './Terminal.ts';

/** Adds `longline doctor`. */
export function addDoctorCommand(program: Command, terminal: Terminal): void {
  addExamples(
    program
      .command('doctor')
      .description('looks over this machine as robot, workstation or server, and says what to do'),
    'longline doctor',
    'longline doctor -c agent.yaml',
    'longline doctor --server https://fleet.example.com',
    'longline doctor --data /var/lib/longline --tls-cert cert.pem --tls-key key.pem',
  )
    .option('-c, --config <file>', "a robot's configuration (default: that of the robot that joined from here)")
    .option('--device <id>', "the robot's ID, where several joined from here")
    .option('--server <url>', 'a server to reach from here (default: $LONGLINE_SERVER, else that of the last log-in)')
    .option('--data <directory>', 'the data directory of a server on this machine')
    .option('--tls-cert <file>', 'its certificate, in PEM')
    .option('--tls-key <file>', 'the key of that')
    .option('--ca <file>', "certificate authorities in PEM, where the server's certificate is of an own one")
    .option('--json', 'machine-readable output')
    .action(async (options: DoctorFlags) => (await import('./commands/doctor.ts')).doctor(terminal, options));
}

interface DoctorFlags {
  readonly config?: string;
  readonly device?: string;
  readonly server?: string;
  readonly data?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly ca?: string;
  readonly json?: boolean;
}
