import { sameType } from '@longline/ros';
import { nameArgument, rosapiService, withSlash } from './RosapiService.ts';
import type { RosapiService } from './RosapiService.ts';
import { rosoutDefinitions } from './rosoutDefinitions.ts';

/** rosapi's questions about topics. */
export const topicServices: Readonly<Record<string, RosapiService>> = {
  topics: rosapiService('Topics', {}, async (context) => {
    const { topics } = await context.graph();
    return { topics: topics.map(({ name }) => name), types: topics.map(({ type }) => type) };
  }),
  topics_for_type: rosapiService('TopicsForType', { type: nameArgument }, async (context, { type }) => {
    const { topics } = await context.graph();
    return { topics: topics.filter((topic) => sameType(topic.type, type)).map(({ name }) => name) };
  }),
  topics_and_raw_types: rosapiService('TopicsAndRawTypes', {}, async (context) => {
    const { topics } = await context.graph();
    const types = [...new Set(topics.map(({ type }) => type).filter((type) => type !== ''))];
    const texts = await context.reader.graphView.askAll(
      types,
      async (type) => (await context.reader.graphView.messageSchema(type)).text,
    );
    const byType = new Map(types.map((type, index) => [type, texts[index] ?? rosoutDefinitions[type] ?? '']));
    return {
      topics: topics.map(({ name }) => name),
      types: topics.map(({ type }) => type),
      typedefs_full_text: topics.map(({ type }) => byType.get(type) ?? ''),
    };
  }),
  topic_type: rosapiService('TopicType', { topic: nameArgument }, async (context, { topic }) => {
    const { topics } = await context.graph();
    return { type: topics.find(({ name }) => name === withSlash(topic))?.type ?? '' };
  }),
  publishers: rosapiService('Publishers', { topic: nameArgument }, async (context, { topic }) => {
    const { topics } = await context.graph();
    return { publishers: topics.find(({ name }) => name === withSlash(topic))?.publishers ?? [] };
  }),
  subscribers: rosapiService('Subscribers', { topic: nameArgument }, async (context, { topic }) => {
    const { topics } = await context.graph();
    return { subscribers: topics.find(({ name }) => name === withSlash(topic))?.subscribers ?? [] };
  }),
};
