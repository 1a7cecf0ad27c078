import type { FuzzTarget } from '../FuzzTarget.ts';
import { definitions } from './definitions.ts';
import { messageCodecs } from './messageCodecs.ts';
import { rosbridge } from './rosbridge.ts';
import { tcpRos } from './tcpRos.ts';
import { texts } from './texts.ts';
import { xmlRpc } from './xmlRpc.ts';

/** All that takes input from somebody else. */
export const targets: readonly FuzzTarget[] = [messageCodecs, definitions, texts, xmlRpc, tcpRos, rosbridge];
