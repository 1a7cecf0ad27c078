/** What roscpp's `ros::names::validate` has against a graph resource name, in its words; undefined if nothing. */
export function graphNameProblem(name: string): string | undefined {
  const first = name.charAt(0);
  if (first !== '' && !/[A-Za-z/~]/.test(first)) {
    return (
      `Character [${first}] is not valid as the first character in Graph Resource Name [${name}].  ` +
      'Valid characters are a-z, A-Z, / and in some cases ~.'
    );
  }
  const element = 1 + name.slice(1).search(/[^A-Za-z0-9/_]/);
  if (element === 0) return undefined;
  return (
    `Character [${name.charAt(element)}] at element [${element}] is not valid in Graph Resource Name [${name}].  ` +
    'Valid characters are a-z, A-Z, 0-9, / and _.'
  );
}

/** The absolute namespace of a node handle of that name within the node: `x` is `/x`, `~x` is `/turtlesim/x`. */
export function resolveGraphName(name: string, node: string): string {
  const absolute = name.startsWith('~') ? `${node}/${name.slice(1)}` : `/${name}`;
  return absolute.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
}

/** A name within a namespace. */
export const joinGraphName = (namespace: string, leaf: string): string =>
  namespace === '/' ? `/${leaf}` : `${namespace}/${leaf}`;
