import type { FuzzTarget } from '../FuzzTarget.ts';
import { cliArguments } from './cliArguments.ts';
import { configuration } from './configuration.ts';
import { deadmanPipe } from './deadmanPipe.ts';
import { definitions } from './definitions.ts';
import { foxgloveDoor } from './foxgloveDoor.ts';
import { foxgloveRobot } from './foxgloveRobot.ts';
import { lineEnds, signedHello } from './lineEnds.ts';
import { messageCodecs } from './messageCodecs.ts';
import { packedRecords } from './packedRecords.ts';
import { parts } from './parts.ts';
import { plainDevice } from './plainDevice.ts';
import { rosbridge } from './rosbridge.ts';
import { rosbridgeDoor } from './rosbridgeDoor.ts';
import { serverDoors } from './serverDoors.ts';
import { serverSessions } from './serverSessions.ts';
import { tcpRos } from './tcpRos.ts';
import { texts } from './texts.ts';
import { xmlRpc } from './xmlRpc.ts';

/** All that takes input from somebody else. */
export const targets: readonly FuzzTarget[] = [
  ...lineEnds,
  signedHello,
  packedRecords,
  parts,
  messageCodecs,
  definitions,
  texts,
  xmlRpc,
  tcpRos,
  rosbridge,
  rosbridgeDoor,
  foxgloveRobot,
  foxgloveDoor,
  plainDevice,
  configuration,
  cliArguments,
  deadmanPipe,
  serverSessions,
  serverDoors,
];
