import { ros1 } from '@foxglove/rosmsg-msgs-common';

type MessageDefinition = (typeof ros1)[keyof typeof ros1];

/** `.srv` texts that every robot knows, by `pkg/Type`; they are the ones of std_srvs. */
const services: ReadonlyMap<string, string> = new Map([
  ['std_srvs/Empty', '---\n'],
  ['std_srvs/SetBool', 'bool data\n---\nbool success\nstring message\n'],
  ['std_srvs/Trigger', '---\nbool success\nstring message\n'],
]);

/** The text of a common message type, without comments, for robots whose `.msg` files are not at hand. */
export function bundledMessageText(type: string): string | undefined {
  const definitions: Readonly<Record<string, MessageDefinition>> = ros1;
  const definition = Object.hasOwn(definitions, type) ? definitions[type] : undefined;
  return definition?.definitions
    .map((field) => {
      if (field.isConstant === true) return `${field.type} ${field.name}=${field.valueText ?? String(field.value)}\n`;
      const array = field.isArray === true ? `[${field.arrayLength ?? ''}]` : '';
      return `${field.type}${array} ${field.name}\n`;
    })
    .join('');
}

/** The `.srv` text of a common service type. */
export function bundledServiceText(type: string): string | undefined {
  return services.get(type);
}
