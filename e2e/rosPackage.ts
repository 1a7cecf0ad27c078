import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a ROS package with these definitions (`srv/AddTwoInts.srv`) below a folder for `ROS_PACKAGE_PATH`. */
export async function writeRosPackage(
  path: string,
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(path, name, file, '..'), { recursive: true });
    await writeFile(join(path, name, file), text);
  }
}

/** The message files that actionlib makes of `action/Name.action` in a package. */
export function actionFiles(
  pkg: string,
  name: string,
  { goal, result, feedback }: { readonly goal: string; readonly result: string; readonly feedback: string },
): Record<string, string> {
  const about = (half: string, id: string): string =>
    `std_msgs/Header header\nactionlib_msgs/${id}\n${pkg}/${name}${half} ${half.toLowerCase()}\n`;
  return {
    [`msg/${name}Goal.msg`]: goal,
    [`msg/${name}Result.msg`]: result,
    [`msg/${name}Feedback.msg`]: feedback,
    [`msg/${name}ActionGoal.msg`]: about('Goal', 'GoalID goal_id'),
    [`msg/${name}ActionResult.msg`]: about('Result', 'GoalStatus status'),
    [`msg/${name}ActionFeedback.msg`]: about('Feedback', 'GoalStatus status'),
  };
}
