import { expect, test } from 'vitest';
import { graphNameProblem, joinGraphName, resolveGraphName } from './graphName.ts';

test.each(['', 'turtle1', 'a/b_2', '/x', '~x'])('%j is a valid graph resource name', (name) => {
  expect(graphNameProblem(name)).toBeUndefined();
});

test('what is wrong with a name is said in the words of roscpp', () => {
  expect(graphNameProblem('2nd')).toBe(
    'Character [2] is not valid as the first character in Graph Resource Name [2nd].  Valid characters are a-z, A-Z, / and in some cases ~.',
  );
  expect(graphNameProblem('a b')).toBe(
    'Character [ ] at element [1] is not valid in Graph Resource Name [a b].  Valid characters are a-z, A-Z, 0-9, / and _.',
  );
});

test.each([
  ['turtle1', '/turtle1'],
  ['/a//b/', '/a/b'],
  ['~x', '/turtlesim/x'],
  ['/', '/'],
])('a node handle of name %j has the namespace %j', (name, namespace) => {
  expect(resolveGraphName(name, '/turtlesim')).toBe(namespace);
});

test('a name in the root namespace has one slash', () => {
  expect(joinGraphName('/', 'pose')).toBe('/pose');
  expect(joinGraphName('/a', 'pose')).toBe('/a/pose');
});
