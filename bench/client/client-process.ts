/** The client process: carries out the orders of the bench one after the other, apart from every server. */
import { type LoadOrder, makeLoad } from './load.ts';

process.on('message', (order: LoadOrder) => {
  makeLoad(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : error }),
  );
});
