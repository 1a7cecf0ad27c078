import type { RuledRoute } from './addRoute.ts';
import { auditRoute } from './routes/audit.ts';
import {
  cancelCommandRoute,
  commandListRoute,
  commandRoute,
  commandWatchRoute,
  oneCommandRoute,
} from './routes/commands.ts';
import { deviceRoute } from './routes/device.ts';
import { deviceTokenRoute } from './routes/deviceToken.ts';
import { devicesRoute } from './routes/devices.ts';
import { endFleetStandingRoute, getFleetStandingRoute, setFleetStandingRoute } from './routes/fleetStanding.ts';
import { graphRoute, servicesRoute } from './routes/graph.ts';
import { healthRoute, readyRoute } from './routes/health.ts';
import { homeRoute } from './routes/home.ts';
import { joinRoute } from './routes/join.ts';
import { joinTokenRoute } from './routes/joinToken.ts';
import { keysRoute, revokeKeyRoute } from './routes/keys.ts';
import { latestRoute } from './routes/latest.ts';
import { getLeaseRoute, releaseLeaseRoute, renewLeaseRoute, takeLeaseRoute } from './routes/lease.ts';
import { lineRoute } from './routes/line.ts';
import { metricsRoute } from './routes/metrics.ts';
import { openapiRoute } from './routes/openapi.ts';
import { deleteParameterRoute, parametersRoute } from './routes/parameters.ts';
import { endStandingRoute, getStandingRoute, setStandingRoute } from './routes/standing.ts';
import { fleetStopRoute, releaseStopRoute, stopRoute } from './routes/stop.ts';
import { ticketsRoute } from './routes/tickets.ts';
import { addTokenRoute, changeTokenRoute, revokeTokenRoute, tokensRoute } from './routes/tokens.ts';
import { topicsRoute } from './routes/topics.ts';
import { whoamiRoute } from './routes/whoami.ts';

/** Every route with its rule, in the order of the API's document. A route that is not here is not served. */
export const routeTable: readonly RuledRoute[] = [
  { access: 'public', route: homeRoute },
  { access: 'viewer', route: devicesRoute },
  { access: 'viewer', route: deviceRoute },
  { access: 'viewer', route: lineRoute },
  { access: 'viewer', route: topicsRoute },
  { access: 'viewer', route: latestRoute },
  { access: 'operator', route: setStandingRoute },
  { access: 'operator', route: endStandingRoute },
  { access: 'viewer', route: getStandingRoute },
  { access: 'operator', route: setFleetStandingRoute },
  { access: 'operator', route: endFleetStandingRoute },
  { access: 'viewer', route: getFleetStandingRoute },
  { access: 'operator', route: takeLeaseRoute },
  { access: 'operator', route: renewLeaseRoute },
  { access: 'operator', route: releaseLeaseRoute },
  { access: 'viewer', route: getLeaseRoute },
  { access: 'operator', route: stopRoute },
  { access: 'operator', route: releaseStopRoute },
  { access: 'operator', route: fleetStopRoute },
  { access: 'operator', route: commandRoute },
  { access: 'viewer', route: commandListRoute },
  { access: 'viewer', route: commandWatchRoute },
  { access: 'viewer', route: oneCommandRoute },
  { access: 'operator', route: cancelCommandRoute },
  { access: 'public', route: joinRoute },
  { access: 'admin', route: joinTokenRoute },
  { access: 'admin', route: deviceTokenRoute },
  { access: 'admin', route: keysRoute },
  { access: 'admin', route: revokeKeyRoute },
  { access: 'admin', route: auditRoute },
  { access: 'viewer', route: whoamiRoute },
  { access: 'viewer', route: ticketsRoute },
  { access: 'admin', route: tokensRoute },
  { access: 'admin', route: addTokenRoute },
  { access: 'admin', route: changeTokenRoute },
  { access: 'admin', route: revokeTokenRoute },
  { access: 'viewer', route: graphRoute },
  { access: 'viewer', route: servicesRoute },
  { access: 'viewer', route: parametersRoute },
  { access: 'operator', route: deleteParameterRoute },
  { access: 'public', route: healthRoute },
  { access: 'public', route: readyRoute },
  { access: 'viewer', allDevices: true, route: metricsRoute },
  { access: 'public', route: openapiRoute },
];
