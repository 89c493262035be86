import type { AggregateDef } from '../define.js';

/** An aggregate that takes `WITHIN GROUP (ORDER BY …)`. */
export interface OrderedAggregateDef extends AggregateDef {
  /**
   * What the order is: the `value` of which the aggregate is computed, in front of whose other arguments it comes
   * (whether it descends comes last), or the order in which the `rows` are passed in.
   */
  readonly withinGroup: 'value' | 'rows';
}

export const takesOrder = (definition: AggregateDef): definition is OrderedAggregateDef => 'withinGroup' in definition;
