import type { GraphSnapshot } from '@longline/ros';
import { expect, test } from 'vitest';
import { ConnectionGraph } from './ConnectionGraph.ts';
import type { ServerOp } from './ServerOp.ts';

const nothing = {
  op: 'connectionGraphUpdate',
  publishedTopics: [],
  subscribedTopics: [],
  advertisedServices: [],
  removedTopics: [],
  removedServices: [],
};

const first: GraphSnapshot = {
  rosVersion: 1,
  topics: [{ name: '/a', type: 'p/A', publishers: ['/n1'], subscribers: ['/n2', '/n3'] }],
  services: [{ name: '/s', type: 'p/S', providers: ['/n1'] }],
};

function setup(): { graph: ConnectionGraph; sent: ServerOp[] } {
  const sent: ServerOp[] = [];
  return { graph: new ConnectionGraph({ send: (op) => sent.push(op) }), sent };
}

test('nothing is told before somebody wants it, then everything, then what changed', () => {
  const { graph, sent } = setup();
  graph.handleGraph(first);
  expect(sent).toEqual([]);
  graph.subscribe();
  expect(sent).toEqual([
    {
      ...nothing,
      publishedTopics: [{ name: '/a', publisherIds: ['/n1'] }],
      subscribedTopics: [{ name: '/a', subscriberIds: ['/n2', '/n3'] }],
      advertisedServices: [{ name: '/s', providerIds: ['/n1'] }],
    },
  ]);
  graph.handleGraph(structuredClone(first));
  expect(sent).toHaveLength(1);
  graph.handleGraph({
    ...first,
    topics: [{ name: '/a', type: 'p/A', publishers: [], subscribers: ['/n2', '/n3'] }],
  });
  expect(sent[1]).toEqual({ ...nothing, publishedTopics: [{ name: '/a', publisherIds: [] }] });
  graph.handleGraph({ ...first, topics: [], services: [] });
  expect(sent[2]).toEqual({ ...nothing, removedTopics: ['/a'], removedServices: ['/s'] });
});

test('everything is told as soon as it is known, and again to one who ended it and asks anew', () => {
  const { graph, sent } = setup();
  graph.subscribe();
  graph.subscribe();
  expect(sent).toEqual([]);
  graph.handleGraph(first);
  graph.subscribe();
  expect(sent).toHaveLength(1);
  graph.unsubscribe();
  graph.handleGraph({ ...first, topics: [] });
  graph.handleGraph(first);
  expect(sent).toHaveLength(1);
  graph.subscribe();
  expect(sent[1]).toEqual(sent[0]);
});

test('a graph with nothing in it is told too, once', () => {
  const { graph, sent } = setup();
  graph.subscribe();
  graph.handleGraph({ rosVersion: 2, topics: [], services: [] });
  graph.handleGraph({ rosVersion: 2, topics: [], services: [] });
  expect(sent).toEqual([nothing]);
});
