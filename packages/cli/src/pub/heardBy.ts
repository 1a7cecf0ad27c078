import type { RemoteDevice } from '@longline/client';

/** How many on the robot heard a message, for people. */
export const heardBy = (subscribers: number): string =>
  subscribers === 1 ? '1 subscriber' : `${subscribers} subscribers`;

/** For a message that nobody on the robot heard. */
export const heardByNobody = (device: RemoteDevice, topic: string): string =>
  `published on ${topic}, but nobody on ${device.id} subscribes to it: check the name with \`longline topic info ${device.id} ${topic}\`.`;
