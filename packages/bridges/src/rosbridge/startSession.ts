import { DEFAULT_DEADLINE_MS } from '@longline/ros';
import type { Clock, Encoding } from '@longline/ros';
import type { PublishSession } from '../link/BridgePublisher.ts';
import type { CallBounds } from '../link/CallBounds.ts';
import { advertiseOnRosbridge } from './advertiseOnRosbridge.ts';
import type { ServiceSession } from './BridgedServices.ts';
import type { BridgeSession } from './BridgeLink.ts';
import { DefinitionStore } from './DefinitionStore.ts';
import type { ParameterAccess } from './ParameterAccess.ts';
import { Ros1Parameters } from './Ros1Parameters.ts';
import { Ros2Parameters } from './Ros2Parameters.ts';
import { Rosapi } from './Rosapi.ts';
import { SubscriberCounts } from './SubscriberCounts.ts';
import type { FeedSession } from './TopicFeed.ts';

/** How long the names of a topic's subscribers may take, in milliseconds; a receipt does not wait longer for them. */
const PUBLISHERS_DEADLINE_MS = 2_000;

/** All that holds for one session with the server. */
export interface RosbridgeSession {
  readonly link: BridgeSession;
  readonly rosapi: Rosapi;
  readonly definitions: DefinitionStore;
  readonly parameters: ParameterAccess;
  readonly feeds: FeedSession;
  readonly publishers: PublishSession;
  readonly services: ServiceSession;
}

/** What a session needs to know of the graph. */
export interface SessionContext {
  readonly clock: Clock;
  readonly typeOf: (topic: string) => string | undefined;
  readonly hasTopicOfType: (type: string) => boolean;
  /** Whether this graph itself subscribes to a topic. */
  readonly isReadHere: (topic: string) => boolean;
  /** A number unlike every other of the graph. */
  readonly nextPublisher: () => number;
}

/** Makes what holds for the session that began: types and services may be others than in the one before. */
export function startSession(link: BridgeSession, context: SessionContext): RosbridgeSession {
  const { clock, typeOf, hasTopicOfType, isReadHere, nextPublisher } = context;
  const { rosVersion, hasRosapi } = link;
  const rosapi = new Rosapi(link.calls);
  const definitions = new DefinitionStore({ rosapi, clock, rosVersion, hasTopicOfType });
  const counts = new SubscriberCounts({ rosapi, clock, isReadHere });
  const quick: CallBounds = { deadlineMs: PUBLISHERS_DEADLINE_MS };
  const encoding = encodingOf(rosVersion);
  const sendText = (text: string): void => link.sendText(text);
  return {
    link,
    rosapi,
    definitions,
    parameters: rosVersion === 1 ? new Ros1Parameters(rosapi) : new Ros2Parameters(rosapi, link.calls),
    feeds: {
      rosVersion,
      hasRosapi,
      typeOf,
      messageSchema: (type) => definitions.messageSchema(type, { deadlineMs: DEFAULT_DEADLINE_MS }),
      hasPublishers: async (topic) => (await rosapi.publishers(topic, quick)).length > 0,
      send: (op) => sendText(JSON.stringify(op)),
    },
    publishers: {
      advertise: (advertisement, schema) =>
        advertiseOnRosbridge(advertisement, schema, {
          id: `longline:advertise:${nextPublisher()}`,
          encoding,
          sendText,
        }),
      bufferedBytes: () => link.bufferedBytes(),
      countSubscribers: (topic) => counts.count(topic),
    },
    services: { encoding, sendText },
  };
}

/** How messages of that ROS are serialized. */
export const encodingOf = (rosVersion: 1 | 2): Encoding => (rosVersion === 1 ? 'ros1' : 'cdr');
