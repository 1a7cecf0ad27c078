import { devicePattern, isDeviceId } from '@longline/line';
import {
  checkTopicName,
  parseJsonExact,
  parseParameterValue,
  parseTypeName,
  stringifyExact,
  topicPattern,
} from '@longline/ros';

import { bendText, bendValue, nastyValue } from '../bendValue.ts';
import { takesOrRefuses } from '../documentedErrors.ts';
import { claim } from '../FuzzTarget.ts';
import type { FuzzTarget } from '../FuzzTarget.ts';

const patterns = [
  '/**',
  '/a/*/b',
  '/*a*b*c*/**/d',
  '/{a,b}/{c,d}*',
  '/**/**/**/x',
  '*',
  'truck-*',
  '*a*a*a*a*b',
  'robot-1',
];
const names = [
  '/a',
  '/a/b/c',
  `/${'a'.repeat(900)}`,
  '/a'.repeat(400),
  'robot-1',
  'a'.repeat(128),
  '/camera/image_raw',
];
const jsons = [
  '{"a":[1,2.5,9007199254740993,-1e-7],"b":{"c":"x\\u00e9\\ud800","d":null,"e":true}}',
  `[${'0,'.repeat(50)}123456789012345678901234567890]`,
  '"\\\\\\"\\\\"',
  `${'['.repeat(100)}${']'.repeat(100)}`,
];

/** Longest text that the doors let through, about. */
const MAX_TEXT_LENGTH = 1024 * 1024;

/** JSON with all its digits, patterns of devices and topics, names, and values of parameters. */
export const texts: FuzzTarget = {
  name: 'texts',
  weight: 0.5,
  open: () => ({
    play(dice, feed) {
      for (let count = 0; count < 20; count++) {
        const bent = dice.oneIn(4)
          ? ((JSON.stringify(bendValue(dice, nastyValue(dice))) as string | undefined) ?? '')
          : bendText(dice, dice.one(jsons));
        const json = bent.slice(0, MAX_TEXT_LENGTH);
        let value: unknown;
        let text = '';
        const isRead = feed({ json }, () => takesOrRefuses(() => (value = parseJsonExact(json))));
        if (isRead && feed({ json }, () => takesOrRefuses(() => (text = stringifyExact(value))))) {
          claim(stringifyExact(parseJsonExact(text)) === text, 'exact JSON reads otherwise than it was written');
        }
        feed({ json }, () => takesOrRefuses(() => void parseParameterValue(json)));
        const pattern = bendText(dice, dice.one(patterns));
        const name = bendText(dice, dice.one(names));
        feed({ pattern, name }, () => {
          takesOrRefuses(() => void topicPattern(pattern)(name));
          takesOrRefuses(() => {
            const matches = devicePattern(pattern).matchesDevice(name);
            claim(!isDeviceId(pattern) || matches === (pattern === name), 'a device ID matches another device');
          });
          takesOrRefuses(() => checkTopicName(name));
          takesOrRefuses(() => void parseTypeName(name));
        });
      }
    },
  }),
};
