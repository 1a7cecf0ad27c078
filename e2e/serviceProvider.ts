// A program far away that provides std_srvs/SetBool on a robot until it is killed. Prints a JSON line when ROS knows the service.
import { connect } from '@longline/client';
import { codecFor, isLonglineError } from '@longline/ros';

const [server = '', device = '', service = '', words = ''] = process.argv.slice(2);
const say = (line: object): void => console.log(JSON.stringify(line));
const robot = connect(server).device(device);
try {
  await robot.advertiseService({ service, type: 'std_srvs/SetBool' }, (request, { schema }) => {
    const { data } = codecFor(schema.request, 'ros1').decode(request);
    if (data !== true) return Promise.reject(new Error('only on'));
    return Promise.resolve(codecFor(schema.response, 'ros1').encode({ success: true, message: words }));
  });
  say({ provided: service });
} catch (error) {
  say({ refused: isLonglineError(error) ? error.code : String(error) });
}
