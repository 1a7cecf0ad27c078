import { RosError } from '@longline/ros';
import { z } from 'zod';
import type { DoorReader } from '../DoorReader.ts';
import type { FrameArrival } from '../FrameArrival.ts';
import type { RosapiGraph } from './RosapiGraph.ts';

/** What a rosapi service has when it is called. */
export interface RosapiContext {
  readonly reader: DoorReader;
  readonly arrival: FrameArrival;
  /** The graph with what this door adds to it. Rejects as `RosGraph.snapshot` does. */
  graph(): Promise<RosapiGraph>;
}

/** One service of rosapi. */
export interface RosapiService {
  /** Without its package. */
  readonly type: string;
  /** `args` as the client gave them. Rejects with `MESSAGE_INVALID` where they do not fit. */
  answer(context: RosapiContext, args: unknown): Promise<object>;
}

/** Makes a service out of what it takes and what it answers. */
export function rosapiService<Shape extends z.ZodRawShape>(
  type: string,
  shape: Shape,
  answer: (context: RosapiContext, args: z.infer<z.ZodObject<Shape>>) => Promise<object> | object,
): RosapiService {
  const schema = z.object(shape);
  const names = Object.keys(shape);
  return {
    type,
    async answer(context, args) {
      const named = Array.isArray(args)
        ? Object.fromEntries(names.slice(0, args.length).map((name, index) => [name, args[index] as unknown]))
        : (args ?? {});
      const parsed = schema.safeParse(named);
      if (!parsed.success) {
        throw new RosError('MESSAGE_INVALID', `The arguments of rosapi/${type}: ${z.prettifyError(parsed.error)}`);
      }
      return answer(context, parsed.data);
    },
  };
}

/** A name of something of the robot, as clients give it. */
export const nameArgument = z.string().max(512).default('');
/** With the slash that clients leave out. */
export const withSlash = (name: string): string => (name.startsWith('/') ? name : `/${name}`);
