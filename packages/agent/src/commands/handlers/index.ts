import type { ActionKind } from '@longline/line';
import { call } from './call.ts';
import { graph } from './graph.ts';
import type { Handler } from './Handler.ts';
import { leaseRelease } from './leaseRelease.ts';
import { leaseRenew } from './leaseRenew.ts';
import { leaseTake } from './leaseTake.ts';
import { motion } from './motion.ts';
import { parameterDelete } from './parameterDelete.ts';
import { parameterGet } from './parameterGet.ts';
import { parameterList } from './parameterList.ts';
import { parameterSet } from './parameterSet.ts';
import { publish } from './publish.ts';
import { schemaMessage } from './schemaMessage.ts';
import { schemaService } from './schemaService.ts';
import { serviceAdvertise } from './serviceAdvertise.ts';
import { serviceRespond } from './serviceRespond.ts';
import { serviceUnadvertise } from './serviceUnadvertise.ts';
import { snapshot } from './snapshot.ts';
import { standingEnd } from './standingEnd.ts';
import { standingSet } from './standingSet.ts';
import { stop } from './stop.ts';
import { stopRelease } from './stopRelease.ts';
import { topicAdvertise } from './topicAdvertise.ts';
import { topicUnadvertise } from './topicUnadvertise.ts';

/** The handler of every kind of request. */
export const handlers: { readonly [Kind in ActionKind]: Handler<Kind> } = {
  publish,
  call,
  graph,
  snapshot,
  motion,
  stop,
  'parameter.list': parameterList,
  'parameter.get': parameterGet,
  'parameter.set': parameterSet,
  'parameter.delete': parameterDelete,
  'schema.message': schemaMessage,
  'schema.service': schemaService,
  'standing.set': standingSet,
  'standing.end': standingEnd,
  'lease.take': leaseTake,
  'lease.renew': leaseRenew,
  'lease.release': leaseRelease,
  'stop.release': stopRelease,
  'topic.advertise': topicAdvertise,
  'topic.unadvertise': topicUnadvertise,
  'service.advertise': serviceAdvertise,
  'service.unadvertise': serviceUnadvertise,
  'service.respond': serviceRespond,
};
