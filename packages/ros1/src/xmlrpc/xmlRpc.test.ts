import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callXmlRpc } from './callXmlRpc.ts';
import { MAX_XML_RPC_DEPTH, parseMethodCall, parseMethodResponse } from './parseXmlRpc.ts';
import { writeFault, writeMethodCall, writeMethodResponse } from './writeXmlRpc.ts';
import { XmlRpcServer } from './XmlRpcServer.ts';
import { XmlRpcDate, XmlRpcDouble, XmlRpcFault } from './XmlRpcValue.ts';
import type { XmlRpcValue } from './XmlRpcValue.ts';

const response = (value: string): string =>
  `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value>${value}</value>\n</param>\n</params>\n</methodResponse>\n`;

describe('reading', () => {
  it.each<[string, XmlRpcValue]>([
    ['<int>-7</int>', -7],
    ['<i4>42</i4>', 42],
    ['<boolean>1</boolean>', true],
    ['<double>1.0</double>', new XmlRpcDouble(1)],
    ['<double>nan</double>', new XmlRpcDouble(Number.NaN)],
    ['<double>-inf</double>', new XmlRpcDouble(Number.NEGATIVE_INFINITY)],
    ['<string> a &lt;b&gt; &amp;#x; &#233; </string>', ' a <b> &#x; é '],
    ['untyped text', 'untyped text'],
    ['', ''],
    ['<string/>', ''],
    ['<string><![CDATA[<&]]></string>', '<&'],
    ['<base64>AQL/\n</base64>', Uint8Array.of(1, 2, 255)],
    ['<dateTime.iso8601>20261123T07:42:41</dateTime.iso8601>', new XmlRpcDate('20261123T07:42:41')],
    ['<array><data>\n<value><int>1</int></value>\n</data></array>', [1]],
    ['<array><data/></array>', []],
    ['<struct><member><name>__proto__</name><value>x</value></member></struct>', new Map([['__proto__', 'x']])],
  ])('%s', (xml, value) => {
    expect(parseMethodResponse(response(xml))).toEqual(value);
  });

  it.each([
    '',
    '<',
    '<a',
    'text',
    '<methodResponse>',
    response('<int>1.5</int>'),
    response('<int></int>'),
    response('<nil/>'),
  ])('refuses %s', (xml) => {
    expect(() => parseMethodResponse(xml)).toThrow(SyntaxError);
  });

  it('refuses document types, so that no entity can grow', () => {
    expect(() => parseMethodResponse('<!DOCTYPE x [<!ENTITY a "aaaa">]>' + response('&a;'))).toThrow(SyntaxError);
  });

  it('refuses values nested deeper than the bound', () => {
    const deep =
      '<array><data><value>'.repeat(MAX_XML_RPC_DEPTH + 2) + '</value></data></array>'.repeat(MAX_XML_RPC_DEPTH + 2);
    expect(() => parseMethodResponse(response(deep))).toThrow('deep');
  });

  it('any text either is a call or a SyntaxError', () => {
    const piece = fc.constantFrom(
      '<methodCall>',
      '<methodName>',
      'x',
      '</methodName>',
      '<params>',
      '<param>',
      '<value>',
      '</',
      '<![CDATA[',
      '&#x110000;',
      '<struct>',
      '>',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (text) => {
          try {
            parseMethodCall(text);
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
          }
        },
      ),
    );
  });
});

const anyText = fc.string({ unit: 'grapheme' }).filter((text) => !/(?![\t\n])[\p{Cc}\p{Cs}\ufffe\uffff]/u.test(text));
const anyValue = fc.letrec<{ value: XmlRpcValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.boolean(),
    fc.integer(),
    anyText,
    fc.double().map((value) => new XmlRpcDouble(value)),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(anyText, tie('value')), { maxLength: 4 }).map((members) => new Map(members)),
  ),
})).value;

it('any value that is written reads back the same', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      expect(parseMethodResponse(writeMethodResponse(value))).toEqual(value);
      expect(parseMethodCall(writeMethodCall('m', [value, 1]))).toEqual({ method: 'm', params: [value, 1] });
    }),
  );
});

it('what XML cannot hold is a RangeError', () => {
  for (const text of ['\u0000', '\u001b[0m', '\ud800']) expect(() => writeMethodResponse(text)).toThrow(RangeError);
  expect(() => writeMethodResponse(2 ** 31)).toThrow(RangeError);
});

describe('over HTTP', () => {
  const signal = new AbortController().signal;
  const server = new XmlRpcServer(
    new Map([
      ['echo', (params: readonly XmlRpcValue[]): XmlRpcValue => params],
      [
        'fail',
        () => {
          throw new XmlRpcFault(7, 'no "é"');
        },
      ],
    ]),
  );

  it('calls are answered, faults carry their text, nonsense gets 400', async () => {
    const uri = `http://127.0.0.1:${await server.listen('127.0.0.1')}/`;
    expect(await callXmlRpc(uri, 'echo', ['é', 1], signal)).toEqual(['é', 1]);
    await expect(callXmlRpc(uri, 'fail', [], signal)).rejects.toMatchObject({ faultCode: 7, message: 'no "é"' });
    await expect(callXmlRpc(uri, 'none', [], signal)).rejects.toBeInstanceOf(XmlRpcFault);
    expect((await fetch(uri, { method: 'POST', body: '<a><b' })).status).toBe(400);
    await expect(fetch(uri, { method: 'POST', body: 'x'.repeat(2 * 1024 * 1024) })).rejects.toThrow();
    await server.close();
    await server.close();
    await expect(callXmlRpc(uri, 'echo', [], signal)).rejects.toMatchObject({ code: 'ROS_UNREACHABLE' });
  });

  it('an address that is none is unreachable, not a crash', async () => {
    for (const uri of ['', 'http://', 'ftp://a', 'http://127.0.0.1:99999/']) {
      await expect(callXmlRpc(uri, 'm', [], signal)).rejects.toMatchObject({ code: 'ROS_UNREACHABLE' });
    }
  });
});

it('a fault is written as it is read', () => {
  expect(() => parseMethodResponse(writeFault(new XmlRpcFault(3, 'why')))).toThrow(new XmlRpcFault(3, 'why'));
});
