// The server of the doors bench.
import { transcodings } from '@longline/bridges';
import { startServer } from '@longline/server';
import { destination, pino } from 'pino';
import { obeyOrders } from './obeyOrders.ts';
import type { Answer, Order } from './orders.ts';

async function obey(order: Order): Promise<Answer> {
  switch (order.do) {
    case 'serve': {
      const { url } = await startServer({ port: 0, log: pino({ level: 'error' }, destination(2)) });
      return { did: 'serve', url, pid: process.pid };
    }
    case 'count': {
      // What nobody holds any more is not the doors'.
      globalThis.gc?.();
      return { did: 'count', transcodings: Object.values(transcodings).reduce((sum, count) => sum + count, 0) };
    }
    default:
      throw new Error(`the server cannot ${order.do}`);
  }
}

obeyOrders(obey);
