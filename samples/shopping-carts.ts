/**
 * Shopping carts: what is in the cart of each user is a map in the checkpoint. It is ordered, or, when nothing was done
 * with it for half an hour, left behind, which a timer finds.
 */
import { int, startQuery, string } from 'sluice';
import { memorySink, memorySource } from 'sluice/connectors';
import { checkpoint, transformWithState, withWatermark } from 'sluice/operators';
import { workspace } from './workspace.js';

interface Action {
  readonly user: string;
  readonly at: Date;
  readonly does: 'add' | 'remove' | 'order';
  readonly item: string | null;
}
const action = (user: string, time: string, does: Action['does'], item: string | null = null): Action => ({
  user,
  at: new Date(`2024-03-01T${time}Z`),
  does,
  item,
});

const actions$ = memorySource<Action>({ schema: 'user STRING, at TIMESTAMP, does STRING, item STRING' });

const carts$ = actions$.pipe(
  withWatermark('at', '5 minutes'),
  transformWithState({ by: 'user', timeMode: 'eventTime', outputMode: 'append' }, (handle) => {
    const cart = handle.getMapState('cart', string(), int());
    const emptied = (user: string, what: string) => {
      const items = Object.fromEntries(cart);
      cart.clear();
      return { user, what, items };
    };
    return {
      *handleInputRows(user, actions) {
        for (const { at, does, item } of actions) {
          if (does === 'add') cart.updateValue(item!, (cart.getValue(item!) ?? 0) + 1);
          if (does === 'remove') cart.removeKey(item!);
          if (does === 'order') yield emptied(user, 'ordered');
          for (const timer of handle.listTimers()) handle.deleteTimer(timer);
          if (cart.exists) handle.registerTimer(at, '30 minutes');
        }
      },
      *handleExpiredTimer(user) {
        yield emptied(user, 'left behind');
      },
    };
  }),
  checkpoint(workspace('shopping-carts')('checkpoint')),
);

const sink = memorySink({ queryName: 'carts' });
const query = startQuery({ from: carts$, to: sink });
for (const batch of [
  [action('ada', '09:00:00', 'add', 'pen'), action('ada', '09:01:00', 'add', 'pen')],
  [
    action('bob', '09:05:00', 'add', 'ink'),
    action('bob', '09:06:00', 'add', 'cup'),
    action('bob', '09:07:00', 'remove', 'cup'),
  ],
  [action('ada', '09:10:00', 'add', 'paper'), action('ada', '09:12:00', 'order')],
  [action('eve', '09:45:00', 'add', 'book')],
]) {
  actions$.addData(batch);
  await query.processAllAvailable();
}
console.log(`items that are left: ${query.lastProgress?.stateOperators[0]?.numRowsTotal}`);
await query.stop();
for (const row of sink.rows) console.log(row);
