/** Folders with the definitions of the robot's own message types, as ROS is told of them: `ROS_PACKAGE_PATH`. */
export const definitionPaths = (environment: Readonly<Record<string, string | undefined>>): readonly string[] =>
  (environment['ROS_PACKAGE_PATH'] ?? '').split(':').filter((path) => path !== '');
