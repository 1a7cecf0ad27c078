import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { md5Of, md5OfService } from '@longline/ros';
import { Definitions } from './Definitions.ts';
import { PackageFolders } from './PackageFolders.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longline-definitions-'));
  const robot = join(folder, 'src', 'stack', 'my_robot');
  for (const kind of ['msg', 'srv']) await mkdir(join(robot, kind), { recursive: true });
  await writeFile(join(robot, 'package.xml'), '<package/>');
  await writeFile(join(robot, 'msg', 'Arm.msg'), 'Header header\ngeometry_msgs/Pose[] poses\nJoint joint\n');
  await writeFile(join(robot, 'msg', 'Joint.msg'), 'float64 angle\n');
  await writeFile(join(robot, 'srv', 'Move.srv'), 'Joint joint\n---\nbool ok\n');
});
afterAll(() => rm(folder, { recursive: true }));

// As `rosmsg md5` and `rossrv md5` print them.
it.each([
  ['std_msgs/String', '992ce8a1687cec8c8bd883ec73ca41d1'],
  ['geometry_msgs/Twist', '9f195f881246fdfa2798d1d3eebca84a'],
  ['nav_msgs/Odometry', 'cd5e73d190d741a2f92e81eda573aca7'],
  ['sensor_msgs/LaserScan', '90c7ef2dc6895d81024acba2ac42f369'],
  ['sensor_msgs/NavSatFix', '2d3a8cd499b9b4a0249fb98fd05cfa48'],
  ['tf2_msgs/TFMessage', '94810edda583a504dfda3829e70d7eec'],
])('%s is known without any file, with its right MD5 sum', async (type, md5) => {
  expect(md5Of(await new Definitions(new PackageFolders([])).message(type))).toBe(md5);
});

it.each([
  ['std_srvs/Empty', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['std_srvs/SetBool', '09fb03525b03e7ea1fd3992bafd87e16'],
  ['std_srvs/Trigger', '937c9679a518e3a18d831e57125ea522'],
])('the service type %s is known without any file, with its right MD5 sum', async (type, md5) => {
  expect(md5OfService(await new Definitions(new PackageFolders([])).service(type))).toBe(md5);
});

it('packages are found in a source workspace, with dependencies from elsewhere', async () => {
  const definitions = new Definitions(new PackageFolders([join(folder, 'src')]));
  const arm = await definitions.message('my_robot/msg/Arm');
  expect(arm.name).toBe('my_robot/Arm');
  expect(arm.text).toContain('MSG: geometry_msgs/Pose\n');
  expect(arm.text).toContain('MSG: my_robot/Joint\nfloat64 angle\n');
  expect((await definitions.service('my_robot/Move')).request.text).toContain('MSG: my_robot/Joint\n');
});

it('what a publisher sent comes before files, and another sum than expected is refused', async () => {
  const definitions = new Definitions(new PackageFolders([]));
  const text = 'string data\nint32 extra\n';
  definitions.remember({ name: 'std_msgs/String', encoding: 'ros1msg', text });
  expect((await definitions.message('std_msgs/String')).text).toBe(text);
  const sum = '992ce8a1687cec8c8bd883ec73ca41d1';
  await expect(definitions.message('std_msgs/String', sum)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' });
});

it.each(['no_msgs/Such', '../../etc/passwd', 'std_msgs/../String'])('%s is refused', async (type) => {
  const unknown = new Definitions(new PackageFolders([folder])).message(type);
  await expect(unknown).rejects.toMatchObject({
    code: expect.stringMatching(/^(TYPE_UNKNOWN|NAME_INVALID)$/) as string,
  });
});
