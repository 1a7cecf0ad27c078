import { openReportingGraph } from './ReportingGraph.fixture.ts';
import { runDeadman } from './runDeadman.ts';

runDeadman(({ robot }) => openReportingGraph(robot));
