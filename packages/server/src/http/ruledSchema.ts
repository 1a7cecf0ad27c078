import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { RouteRule } from './addRoute.ts';

/** Scheme of the API's document by which who asks says who it is. */
export const bearerScheme = {
  type: 'http',
  scheme: 'bearer',
  description:
    'A token of a person or program: `Authorization: Bearer ll_...`. A server that is not locked asks for none.',
} as const;

/** In the document, for programs: `public`, or the least role. */
const accessKey = 'x-longline-access';

type Transform = typeof jsonSchemaTransform;

/** A route as the API's document shows it: with who may use it. */
export const ruledSchema: Transform = (input) => {
  const { schema, url } = jsonSchemaTransform(input);
  const rule = input.route.config?.rule;
  if (rule === undefined || rule.access === 'public')
    return { schema: { ...schema, [accessKey]: 'public', security: [] }, url };
  const description = [schema.description, ruleText(rule)].filter((text) => text !== undefined).join(' ');
  const problem = (schema.response as Record<string, unknown> | undefined)?.['4xx'];
  const refusals = problem === undefined ? {} : { 401: problem, 403: problem };
  const response = { ...(schema.response as object | undefined), ...refusals };
  return { schema: { ...schema, description, [accessKey]: rule.access, security: [{ token: [] }], response }, url };
};

const ruleText = ({ access, allDevices = false }: RouteRule): string =>
  `Needs the role ${access}${allDevices ? ', for all devices' : ''}; 401 without a token that is valid, 403 for one that does not allow it.`;
