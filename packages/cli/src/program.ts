import { Command } from 'commander';
import { version } from '@longline/ros';
import { addAccessCommands } from './accessCommands.ts';
import { addExamples, addReader, count, duration, port, rate } from './commandOptions.ts';
import type { LeaseFlags, ReaderFlags } from './commandOptions.ts';
import { addDoctorCommand } from './doctorCommand.ts';
import { addHistoryCommands } from './historyCommands.ts';
import { addJoinCommands } from './joinCommands.ts';
import { addMotionCommands } from './motionCommands.ts';
import type { Terminal } from './Terminal.ts';

/**
 * The whole command line. Each command's code is loaded when it runs, so that none waits for the others'. With `quiet`
 * what is not understood is thrown, and not written too.
 */
export function buildProgram(terminal: Terminal, { quiet }: { readonly quiet: boolean }): Command {
  const program = new Command('longline')
    .description('Connects ROS robots to a server anywhere, and reads and commands them from there.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(--help tells how)')
    .configureOutput({
      writeOut: (text) => void terminal.print(text),
      writeErr: (text) => {
        if (!quiet) terminal.warn(text.trimEnd());
      },
    });
  addExamples(
    program,
    'longline demo',
    'longline server',
    'longline agent --device robot-1 --server ws://HOST:8080 --robot ros1://localhost:11311',
    'longline devices',
    'longline line robot-1',
    'longline topic echo robot-1 /odom',
    'longline drive robot-1',
    'longline stop',
  );
  addRunners(program, terminal);
  addReader(program.command('devices').description('every device that the server knows')).action(
    async (options: ReaderFlags) => (await import('./commands/devices.ts')).devices(terminal, options),
  );
  addExamples(
    addReader(
      program
        .command('line')
        .argument('<device>', 'ID of the robot')
        .description("how a robot's line is doing, every second: round trip, clock, rates, what waits and is dropped"),
    ),
    'longline line robot-1',
    'longline line robot-1 --once --json',
  )
    .option('--once', 'show it once and end')
    .action(async (device: string, options: ReaderFlags & { once?: boolean }) =>
      (await import('./commands/line.ts')).line(terminal, device, options),
    );
  addDoctorCommand(program, terminal);
  addMotionCommands(program, terminal);
  addHistoryCommands(program, terminal);
  addAccessCommands(program, terminal);
  addJoinCommands(program, terminal);
  addTopicCommands(program, terminal);
  addServiceCommands(program, terminal);
  addParamCommands(program, terminal);
  return program;
}

function addRunners(program: Command, terminal: Terminal): void {
  addExamples(program.command('demo'), 'longline demo', 'longline demo --for 20s --json')
    .description('server, agent and a simulated turtle in one: the turtle drives in a circle')
    .option('--for <duration>', 'end after so long, like 20s or 1m (default: at Ctrl-C)', duration)
    .option('--json', 'print a summary as the last line')
    .option('--port <number>', "the server's port (default: 8080, or any free one when it is taken)", port)
    .action(async (options: { for?: number; json?: boolean; port?: number }) =>
      (await import('./demo/runDemo.ts')).runDemo(terminal, {
        forMs: options.for,
        json: options.json,
        port: options.port,
      }),
    );
  addExamples(
    program.command('server'),
    'longline server',
    'longline server --port 9000 --data /var/lib/longline',
    'longline server --host 0.0.0.0 --data /var/lib/longline --tls-cert cert.pem --tls-key key.pem',
    'longline server --data /var/lib/longline --behind-proxy 127.0.0.1 --public-url https://fleet.example.com',
    'LONGLINE_LOG_LEVEL=debug longline server',
  )
    .description('run a server')
    .option('--host <address>', 'where to listen (default: 127.0.0.1)')
    .option('--port <number>', 'port to listen on (default: 8080)', port)
    .option('--tls-cert <file>', 'certificate in PEM; taken anew when it changes')
    .option('--tls-key <file>', 'its private key in PEM')
    .option('--behind-proxy <address...>', 'addresses or networks of the reverse proxies in front; needs --public-url')
    .option('--public-url <url>', 'where people and robots reach it, like https://fleet.example.com')
    .option(
      '--allow-origin <origin...>',
      'web pages of others that may connect, like https://viewer.example.com; file:// for desktop viewers',
    )
    .option('--unlocked-network', 'listen beyond this machine without any credentials: for closed test networks only')
    .option('--data <directory>', 'keep credentials, history of commands and audit there (default: in memory only)')
    .option('--metrics-per-device', 'at /metrics, series of each device besides those of all together')
    .option('--json', 'log as JSON lines')
    .action(async (options: ServerFlags) => (await import('./commands/server.ts')).server(terminal, options));
  addExamples(
    program.command('agent'),
    'longline agent --device robot-1 --server wss://HOST --robot ros1://localhost:11311',
    "longline agent --robot turtlesim: --allow-publish '/turtle1/cmd_vel'",
    'longline agent -c agent.yaml',
  )
    .description('run the agent beside a robot')
    .option('-c, --config <file>', 'YAML file; flags replace its keys')
    .option('--device <id>', "the device's ID (default: that which joined, else the host's name)")
    .option('--server <url>', 'the server (default: that which it joined, else ws://localhost:8080)')
    .option(
      '--robot <url>',
      'ros1://host:11311, rosbridge://host:9090, foxglove://host:8765 or turtlesim: (default: ros1://localhost:11311)',
    )
    .option('--allow-publish <pattern...>', 'topics that may be published from outside')
    .option('--allow-call <pattern...>', 'services that may be called from outside')
    .option('--allow-set-parameters <pattern...>', 'parameters that may be set and deleted from outside')
    .option('--allow-provide <pattern...>', 'services that may be provided from outside')
    .option('--proxy <url>', 'HTTP proxy on the way to the server')
    .option('--ca <file>', "certificate authorities in PEM, where the server's certificate is of an own one")
    .option('--json', 'log as JSON lines')
    .action(async (options: AgentFlags) => (await import('./commands/agent.ts')).agent(terminal, options));
}

interface ServerFlags {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly behindProxy?: string[];
  readonly publicUrl?: string;
  readonly allowOrigin?: string[];
  readonly host?: string;
  readonly port?: number;
  readonly unlockedNetwork?: boolean;
  readonly metricsPerDevice?: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

interface AgentFlags {
  readonly config?: string;
  readonly device?: string;
  readonly server?: string;
  readonly robot?: string;
  readonly allowPublish?: string[];
  readonly allowCall?: string[];
  readonly allowSetParameters?: string[];
  readonly proxy?: string;
  readonly ca?: string;
  readonly json?: boolean;
}

function addTopicCommands(program: Command, terminal: Terminal): void {
  const topic = program.command('topic').description("a robot's topics: list, info, echo, hz, bw, pub");
  addReader(topic.command('list').argument('<device>', 'ID of the robot').description('names of the topics'))
    .option('-v, --verbose', 'with types and counts of publishers and subscribers')
    .action(async (device: string, options: ReaderFlags & { verbose?: boolean }) =>
      (await import('./commands/topicList.ts')).topicList(terminal, device, options),
    );
  addReader(
    topic
      .command('info')
      .argument('<device>', 'ID of the robot')
      .argument('<topic>', 'topic on the robot, like /odom')
      .description('type, publishers, subscribers'),
  ).action(async (device: string, name: string, options: ReaderFlags) =>
    (await import('./commands/topicInfo.ts')).topicInfo(terminal, device, name, options),
  );
  addExamples(
    addReader(
      topic.command('echo').argument('<device>', 'ID of the robot').argument('<topic>', 'topic, or topic/field'),
    ),
    'longline topic echo robot-1 /odom -n 1',
    'longline topic echo robot-1 /odom/pose/pose/position',
    'longline topic echo robot-1 /odom --rate 1 --json',
  )
    .description('messages as YAML documents')
    .option('-n, --count <number>', 'end after so many messages', count)
    .option('--field <path>', 'only this part, like linear.x or poses[0]')
    .option('-r, --rate <hz>', 'at most so many messages a second', rate)
    .option('--last', 'begin with the last message that the server has, however old; works for absent robots too')
    .action(
      async (
        device: string,
        name: string,
        { rate: rateHz, ...options }: ReaderFlags & { count?: number; field?: string; last?: boolean; rate?: number },
      ) => (await import('./commands/topicEcho.ts')).topicEcho(terminal, device, name, { ...options, rateHz }),
    );
  addReader(
    topic
      .command('hz')
      .argument('<device>', 'ID of the robot')
      .argument('<topic>', 'topic on the robot, like /odom')
      .description('rate of messages, every second'),
  )
    .option('-w, --window <number>', 'messages averaged over (default: 50000)', count)
    .option('-n, --count <number>', 'end after so many reports', count)
    .action(async (device: string, name: string, options: ReaderFlags & { window?: number; count?: number }) =>
      (await import('./commands/topicHz.ts')).topicHz(terminal, device, name, options),
    );
  addReader(
    topic
      .command('bw')
      .argument('<device>', 'ID of the robot')
      .argument('<topic>', 'topic on the robot, like /odom')
      .description('bytes a second, every second'),
  )
    .option('-w, --window <number>', 'messages averaged over (default: 100)', count)
    .option('-n, --count <number>', 'end after so many reports', count)
    .action(async (device: string, name: string, options: ReaderFlags & { window?: number; count?: number }) =>
      (await import('./commands/topicBw.ts')).topicBw(terminal, device, name, options),
    );
  addExamples(
    addReader(
      topic
        .command('pub')
        .argument('<device>', 'ID of the robot')
        .argument('<topic>', 'topic on the robot, like /odom')
        .argument('[type and yaml...]', 'type, needed where the robot does not have the topic; then the message'),
    ),
    "longline topic pub robot-1 /chatter std_msgs/String '{data: hello}'",
    "longline topic pub robot-1 /cmd_vel '[0.5, 0, 0]' '[0, 0, 0]' --lease",
    "longline topic pub robot-1 /cmd_vel '{angular: {z: 1}}' -r 10 --lease",
  )
    .description("publish on the robot; the message is YAML: '{linear: {x: 1.0}}', or one value per field")
    .option('-1, --once', 'publish one message (the default)')
    .option('-r, --rate <hz>', 'publish again and again until Ctrl-C', rate)
    .option('--standing', 'let the robot repeat it, while this command renews it, until Ctrl-C')
    .option('--deadline <duration>', 'the robot drops the message when it is older than this', duration)
    .option('--lease', 'take the lease for it, without which nothing moves the robot')
    .option('--take-over', 'take the lease from whoever holds it')
    .action(
      async (
        device: string,
        name: string,
        args: string[],
        options: ReaderFlags & LeaseFlags & { rate?: number; standing?: boolean; deadline?: number; once?: boolean },
      ) =>
        (await import('./commands/topicPub.ts')).topicPub(terminal, device, name, args, {
          ...options,
          rateHz: options.once === true ? undefined : options.rate,
          deadlineMs: options.deadline,
        }),
    );
}

function addServiceCommands(program: Command, terminal: Terminal): void {
  const service = program.command('service').description("a robot's services: list, call");
  addReader(service.command('list').argument('<device>', 'ID of the robot').description('names of the services'))
    .option('-v, --verbose', 'with types and nodes')
    .action(async (device: string, options: ReaderFlags & { verbose?: boolean }) =>
      (await import('./commands/serviceList.ts')).serviceList(terminal, device, options),
    );
  addExamples(
    addReader(
      service
        .command('call')
        .argument('<device>', 'ID of the robot')
        .argument('<service>', 'service on the robot')
        .argument('[yaml...]', 'the request'),
    ),
    'longline service call robot-1 /clear',
    "longline service call turtle /spawn '{x: 2, y: 3, name: bob}'",
    'longline service call turtle /spawn 2 3 0 bob',
  )
    .description('call a service; the request is YAML, a map or one value per field')
    .option('--deadline <duration>', 'give up after this long (default: 5s)', duration)
    .option('--lease', 'take the lease for it, where the service moves the robot')
    .option('--take-over', 'take the lease from whoever holds it')
    .action(
      async (device: string, name: string, args: string[], options: ReaderFlags & LeaseFlags & { deadline?: number }) =>
        (await import('./commands/serviceCall.ts')).serviceCall(terminal, device, name, args, {
          ...options,
          deadlineMs: options.deadline,
        }),
    );
}

function addParamCommands(program: Command, terminal: Terminal): void {
  const param = program.command('param').description("a robot's parameters: list, get, set, delete");
  addReader(
    param.command('list').argument('<device>', 'ID of the robot').description('names of the parameters'),
  ).action(async (device: string, options: ReaderFlags) =>
    (await import('./commands/paramList.ts')).paramList(terminal, device, options),
  );
  addReader(
    param.command('get').argument('<device>', 'ID of the robot').argument('<name>').description('the value as YAML'),
  ).action(async (device: string, name: string, options: ReaderFlags) =>
    (await import('./commands/paramGet.ts')).paramGet(terminal, device, name, options),
  );
  addExamples(
    addReader(
      param
        .command('set')
        .argument('<device>', 'ID of the robot')
        .argument('<name>')
        .argument('<yaml>')
        .description('set a value'),
    ),
    'longline param set robot-1 /max_speed 0.5',
    "longline param set robot-1 /waypoints '[1, 2, 3]'",
  )
    .option('--lease', 'take the lease for it, where the parameter moves the robot')
    .option('--take-over', 'take the lease from whoever holds it')
    .action(async (device: string, name: string, text: string, options: ReaderFlags & LeaseFlags) =>
      (await import('./commands/paramSet.ts')).paramSet(terminal, device, name, text, options),
    );
  addReader(
    param
      .command('delete')
      .argument('<device>', 'ID of the robot')
      .argument('<name>')
      .description('delete a parameter, with all below it'),
  ).action(async (device: string, name: string, options: ReaderFlags) =>
    (await import('./commands/paramDelete.ts')).paramDelete(terminal, device, name, options),
  );
}
