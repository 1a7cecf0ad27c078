/** A piece of the little XML that XML-RPC uses: attributes are ignored, entities decoded. */
export type XmlToken =
  | { readonly kind: 'open'; readonly name: string }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string };

const entities: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Cuts XML text into tags and texts. Throws `SyntaxError` where it is no XML; document types are refused. */
export function* xmlTokens(xml: string): Generator<XmlToken> {
  let at = 0;
  while (at < xml.length) {
    const open = xml.indexOf('<', at);
    if (open !== at) {
      const text = xml.slice(at, open === -1 ? undefined : open);
      yield { kind: 'text', text: decodeEntities(text) };
      if (open === -1) return;
    }
    if (xml.startsWith('<!--', open)) {
      at = endOf(xml, '-->', open + 4);
    } else if (xml.startsWith('<![CDATA[', open)) {
      at = endOf(xml, ']]>', open + 9);
      yield { kind: 'text', text: xml.slice(open + 9, at - 3) };
    } else if (xml.startsWith('<?', open)) {
      at = endOf(xml, '?>', open + 2);
    } else if (xml.startsWith('<!', open)) {
      throw new SyntaxError('XML-RPC has no document type.');
    } else {
      at = endOf(xml, '>', open + 1);
      const tag = /^(\/?)([A-Za-z][\w.:-]*)\s*(?:[^/]|\/(?!$))*(\/?)$/.exec(
        xml.slice(open + 1, Math.min(at - 1, open + 300)),
      );
      if (tag === null) throw new SyntaxError(`Not a tag at character ${open}.`);
      const [, closing, name = '', selfClosing] = tag;
      if (closing === '/') {
        yield { kind: 'close', name };
      } else {
        yield { kind: 'open', name };
        if (selfClosing === '/') yield { kind: 'close', name };
      }
    }
  }
}

function endOf(xml: string, mark: string, from: number): number {
  const at = xml.indexOf(mark, from);
  if (at === -1) throw new SyntaxError(`The XML ends before "${mark}".`);
  return at + mark.length;
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x?[0-9a-fA-F]{1,6}|\w{1,8});/g, (whole, name: string) => {
    if (!name.startsWith('#')) return entities.get(name) ?? whole;
    const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
    if (!(code <= 0x10ffff)) throw new SyntaxError(`Not a character: ${whole}`);
    return String.fromCodePoint(code);
  });
}
