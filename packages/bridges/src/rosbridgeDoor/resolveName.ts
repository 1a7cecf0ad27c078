import { checkTopicName } from '@longline/ros';

/** The full name of a topic, service or action: clients leave the leading slash out. Throws `NAME_INVALID`. */
export const resolveName = (name: string): string => checkTopicName(name.startsWith('/') ? name : `/${name}`);
