import { encode as encodeCbor } from 'cborg';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_FRAME_BYTES } from '../link/BridgeSocket.ts';
import { pngText } from '../rosbridgeDoor/transcode/pngText.ts';
import { FrameDecoder } from './FrameDecoder.ts';
import { recordedRosbridge } from './recordedRosbridge.fixture.ts';

function collect() {
  const raw: [string, Uint8Array][] = [];
  const published: [string, unknown][] = [];
  const responses: unknown[] = [];
  const problems: string[] = [];
  const decoder = new FrameDecoder({
    handleRaw: (topic, bytes) => raw.push([topic, bytes]),
    handlePublish: ({ topic, msg }) => published.push([topic, msg]),
    handleServiceResponse: (response) => responses.push(response),
    handleProblem: (problem) => problems.push(problem),
  });
  return { decoder, raw, published, responses, problems };
}

describe('text frames', () => {
  test('escaped slashes and code points of ujson are read', () => {
    const { decoder, published } = collect();
    decoder.handleText(String.raw`{"op":"publish","topic":"\/a\/b","msg":{"data":"\u00e9\/"}}`);
    expect(published).toEqual([['/a/b', { data: 'é/' }]]);
  });

  test('whole numbers beyond 2^53 keep all their digits', () => {
    const { decoder, published } = collect();
    decoder.handleText('{"op":"publish","topic":"/n","msg":{"data":9007199254740993}}');
    expect(published).toEqual([['/n', { data: 9007199254740993n }]]);
  });

  test('several objects in one frame all count, and bare NaN and Infinity are read', () => {
    const { decoder, published, problems } = collect();
    decoder.handleText(
      '{"op":"publish","topic":"/a","msg":{"data":[NaN, -Infinity,Infinity]}}\n{"op":"publish","topic":"/b","msg":{"data":"a NaN } \\" Infinity"}}',
    );
    expect(published).toEqual([
      ['/a', { data: ['NaN', '-Infinity', 'Infinity'] }],
      ['/b', { data: 'a NaN } " Infinity' }],
    ]);
    expect(problems).toEqual([]);
  });

  test('truncated JSON, other JSON, unknown ops and what is no PNG are problems, and what follows works', () => {
    const { decoder, published, problems } = collect();
    const bad = [
      'hello',
      '{"op":"publish","topic":"/a"',
      '[1,2]',
      'null',
      '{}',
      '{"op":"dance"}',
      '{"op":"png","data":"AAAA"}',
      '{"op":"publish","topic":7}',
      '{"op":"publish","topic":{"length":{"toString":1,"valueOf":1}}}',
    ];
    for (const text of bad) decoder.handleText(text);
    expect(problems).toHaveLength(bad.length);
    decoder.handleText('{"op":"publish","topic":"/a","msg":{}}');
    expect(published).toEqual([['/a', {}]]);
  });

  test('JSON nested without end is a problem', () => {
    const { decoder, problems } = collect();
    decoder.handleText(`{"op":"publish","topic":"/a","msg":${'['.repeat(200_000)}`);
    expect(problems).toHaveLength(1);
  });

  test('a status of level error is a problem, of level none it is not', () => {
    const { decoder, problems } = collect();
    decoder.handleText('{"op":"status","level":"error","msg":"no such topic"}');
    decoder.handleText('{"op":"status","level":"none","msg":"ok"}');
    expect(problems).toEqual(['the server reports: no such topic']);
  });
});

describe('fragments', () => {
  test('a recorded message in three fragments, of which the server counts 3.197, is put together', () => {
    const { decoder, published, problems } = collect();
    for (const text of recordedRosbridge().fragments) decoder.handleText(text);
    expect(problems).toEqual([]);
    expect(published.map(([topic]) => topic)).toEqual(['/odom']);
  });

  test('a fragment that comes twice is told in few words, however long its ID', () => {
    const { decoder, problems } = collect();
    const text = JSON.stringify({ op: 'fragment', id: 'a'.repeat(10_000), num: 1, total: 3, data: 'x' });
    decoder.handleText(text);
    decoder.handleText(text);
    expect(problems).toEqual([`fragment 1 of message ${'a'.repeat(64)} came twice`]);
  });

  test('fragments that never end are bounded in number and size', () => {
    const { decoder, problems } = collect();
    const data = 'x'.repeat(MAX_FRAME_BYTES / 8);
    for (let num = 0; num < 9; num++)
      decoder.handleText(JSON.stringify({ op: 'fragment', id: 'a', num, total: 20, data }));
    expect(problems).toEqual([expect.stringContaining('characters wait for the rest')]);
    decoder.handleText(JSON.stringify({ op: 'fragment', id: 'b', num: 0, total: 1e9, data: '' }));
    expect(problems).toHaveLength(2);
  });

  test('fragments within fragments end', () => {
    const { decoder, problems } = collect();
    let text = '{"op":"publish","topic":"/a","msg":{}}';
    for (let i = 0; i < 4; i++) text = JSON.stringify({ op: 'fragment', id: 'a', num: 0, total: 1, data: text });
    decoder.handleText(text);
    expect(problems).toEqual(['fragments of fragments were refused']);
  });
});

describe('binary frames', () => {
  test('cbor-raw gives the bytes, and they do not share the memory of the frame', () => {
    const { decoder, raw } = collect();
    const frame = Buffer.from(
      encodeCbor({ op: 'publish', topic: '/a', msg: { secs: 1, nsecs: 2, bytes: new Uint8Array([0, 1, 0, 0, 7]) } }),
    );
    decoder.handleBinary(frame);
    frame.fill(0xff);
    expect(raw).toEqual([['/a', new Uint8Array([0, 1, 0, 0, 7])]]);
  });

  test('what is no CBOR, and CBOR of something else, is a problem', () => {
    const { decoder, problems } = collect();
    // undefined; an empty map; an array announced longer than any memory; a byte string cut off
    const frames = [
      [0xf7],
      [0xa0],
      [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      [0x5a, 0x7f, 0xff, 0xff, 0xff, 1],
    ];
    for (const frame of frames) decoder.handleBinary(new Uint8Array(frame));
    expect(problems).toHaveLength(frames.length);
  });

  test('every recorded cbor-raw frame is read', () => {
    const { decoder, raw, problems } = collect();
    for (const frame of recordedRosbridge().rawFrames) decoder.handleBinary(frame);
    expect(problems).toEqual([]);
    expect(raw.map(([topic]) => topic)).toEqual([
      '/odom',
      '/scan',
      '/camera/image/compressed',
      '/points',
      '/chatter',
      '/battery',
    ]);
  });
});

test('random and mutated frames never throw', () => {
  const { rawFrames, jsonFrames, fragments } = recordedRosbridge();
  const texts = [...jsonFrames.values(), ...fragments];
  const { decoder } = collect();
  const mutation = fc.record({ pick: fc.nat(), at: fc.nat(), cut: fc.nat(40), put: fc.uint8Array({ maxLength: 8 }) });
  fc.assert(
    fc.property(mutation, fc.boolean(), ({ pick, at, cut, put }, isText) => {
      const source = isText ? Buffer.from(texts[pick % texts.length]!) : rawFrames[pick % rawFrames.length]!;
      const from = at % source.length;
      const mutated = Buffer.concat([source.subarray(0, from), put, source.subarray(from + cut)]);
      if (isText) decoder.handleText(mutated.toString('utf8'));
      else decoder.handleBinary(mutated);
    }),
    { numRuns: 3_000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.json(), fc.string(), (bytes, json, text) => {
      decoder.handleBinary(bytes);
      decoder.handleText(json);
      decoder.handleText(`{"op":"publish",${text}`);
    }),
    { numRuns: 1_000 },
  );
});

test('a message as PNG is read, and one within another without end is not', () => {
  const { decoder, published, problems } = collect();
  const inner = '{"op":"publish","topic":"/a","msg":{"data":9007199254740993}}';
  decoder.handleText(pngText(inner));
  expect(published).toEqual([['/a', { data: 9007199254740993n }]]);
  decoder.handleText(pngText(pngText(pngText(inner))));
  expect(published).toHaveLength(1);
  expect(problems).toHaveLength(1);
});
