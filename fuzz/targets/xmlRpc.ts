import { parseMethodCall, parseMethodResponse } from '../../packages/ros1/src/xmlrpc/parseXmlRpc.ts';
import { fromXmlRpc } from '../../packages/ros1/src/parameterValue.ts';
import { listOf, rosReply, stringOf } from '../../packages/ros1/src/master/rosReply.ts';
import { writeFault, writeMethodCall, writeMethodResponse } from '../../packages/ros1/src/xmlrpc/writeXmlRpc.ts';
import { XmlRpcDate, XmlRpcDouble, XmlRpcFault } from '../../packages/ros1/src/xmlrpc/XmlRpcValue.ts';
import type { XmlRpcValue } from '../../packages/ros1/src/xmlrpc/XmlRpcValue.ts';
import { bendText } from '../bendValue.ts';
import type { Dice } from '../Dice.ts';
import { takesOrRefuses } from '../documentedErrors.ts';
import { claim } from '../FuzzTarget.ts';
import type { FuzzTarget } from '../FuzzTarget.ts';

function anyValue(dice: Dice, depth = 0): XmlRpcValue {
  switch (dice.below(depth > 4 ? 6 : 8)) {
    case 0:
      return dice.oneIn(2);
    case 1:
      return dice.below(2 ** 31) - (dice.oneIn(2) ? 2 ** 31 : 0);
    case 2:
      return new XmlRpcDouble(dice.edgeNumber());
    case 3:
      return new XmlRpcDate('20261123T07:42:41');
    case 4:
      return dice.bytes(dice.below(20));
    case 5:
      return dice.one(['', 'a<b>&amp;"\'', '  blank ', ']]>', '\r\n', 'é😀', 'x'.repeat(500)]);
    case 6:
      return Array.from({ length: dice.below(4) }, () => anyValue(dice, depth + 1));
    default:
      return new Map(Array.from({ length: dice.below(4) }, (_, at) => [`m${at}`, anyValue(dice, depth + 1)]));
  }
}

const pieces = [
  '<value>',
  '</value>',
  '<array><data>',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?x?>',
  '&#x41;',
  '&#1114112;',
  '<nil/>',
];

/** The XML-RPC of a ROS 1 master and of nodes, calls and answers. */
export const xmlRpc: FuzzTarget = {
  name: 'ros1-xml-rpc',
  open: () => ({
    play(dice, feed) {
      for (let count = 0; count < 10; count++) {
        const value = anyValue(dice);
        const call = writeMethodCall('getParam', ['/node', value]);
        const answer = writeMethodResponse([1, 'ok', value]);
        feed({ call }, () => {
          const { method, params } = parseMethodCall(call);
          claim(writeMethodCall(method, params) === call, 'a call reads otherwise than it was written');
          const back = parseMethodResponse(answer);
          claim(writeMethodResponse(back) === answer, 'an answer reads otherwise than it was written');
        });
        const good = dice.one([call, answer, writeFault(new XmlRpcFault(1, 'no'))]);
        let bent = bendText(dice, good);
        if (dice.oneIn(4)) {
          const at = dice.below(bent.length + 1);
          bent = bent.slice(0, at) + dice.one(pieces).repeat(1 << dice.below(8)) + bent.slice(at);
        }
        feed({ bent }, () => {
          takesOrRefuses(() => void parseMethodCall(bent), SyntaxError);
          takesOrRefuses(
            () => {
              const reply = rosReply(parseMethodResponse(bent), (text) => new TypeError(text));
              fromXmlRpc(reply);
              listOf(reply).map(stringOf);
            },
            SyntaxError,
            TypeError,
            XmlRpcFault,
          );
        });
      }
    },
  }),
};
