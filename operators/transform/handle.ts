import type { OperatorState } from '../../lib/context/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import { type Duration, duration, parseDuration, parseOptions, required } from '../../lib/options/index.js';
import {
  type DataType,
  type Field,
  anyType,
  array,
  field,
  int,
  long,
  parseTypeOrSchema,
  structOf,
  timestamp,
  toSchema,
} from '../../lib/schema/index.js';
import { type StateStore, keyCodec } from '../../lib/state/index.js';
import type { Keys } from '../groups/keyed-rows.js';
import type { Current } from './current.js';
import { KeptList } from './list-state.js';
import { KeptMap } from './map-state.js';
import type {
  ListState,
  MapState,
  QueryInfo,
  StatefulProcessorHandle,
  TTLConfig,
  TimeMode,
  ValueState,
} from './processor.js';
import { Timers } from './timers.js';
import { KeptValue } from './value-state.js';
import { type Variable, type VariableParts, valueForm, valuesForm } from './variable.js';

type GivenType = string | DataType | undefined;

interface HandleOptions {
  readonly op: string;
  readonly timeMode: TimeMode;
  readonly keys: Keys;
  readonly state: OperatorState;
  readonly current: Current;
}

/** The kinds of state variables, by what Spark counts in the progress. */
const counted = { value: 'numValueStateVars', list: 'numListStateVars', map: 'numMapStateVars' } as const;
type Kind = keyof typeof counted;

/** What each variable is kept in, under its name below that of the operator; and what to do with all of them. */
export class ProcessorHandle implements StatefulProcessorHandle {
  readonly timers: Timers | undefined;
  private readonly variables = new Map<string, Variable>();
  private readonly kinds: Record<(typeof counted)[Kind], number> = {
    numValueStateVars: 0,
    numListStateVars: 0,
    numMapStateVars: 0,
  };
  private complete = false;
  private expiredValues = 0;
  private expired: (() => boolean)[] = [];

  constructor(private readonly options: HandleOptions) {
    const { timeMode, keys, current } = options;
    if (timeMode === 'none') return;
    const timers = field('timers', array(timestamp(), false));
    this.timers = new Timers(current, this.open('$timers', keys.schema.fields, [timers], { timeMode }));
  }

  getValueState<T>(stateName: string, type?: GivenType, ttl?: TTLConfig): ValueState<T> {
    const parts = this.partsOf('value', stateName, ttl);
    const form = valueForm(this.typeOf(type), stateName);
    const store = this.open(stateName, this.options.keys.schema.fields, [field('value', form.type)], {
      state: 'value',
    });
    return this.added('value', stateName, new KeptValue(parts, form, store)) as ValueState<unknown> as ValueState<T>;
  }

  getListState<T>(stateName: string, type?: GivenType, ttl?: TTLConfig): ListState<T> {
    const parts = this.partsOf('list', stateName, ttl);
    const own = this.typeOf(type);
    const form = valuesForm(own, stateName);
    const { schema } = this.options.keys;
    const key = [field('key', schema), field('position', long())];
    const elements = this.open(stateName, key, [field('value', own ?? anyType())], { state: 'list' });
    const bounds = this.open(`${stateName}/bounds`, schema.fields, [field('first', long()), field('next', long())]);
    return this.added(
      'list',
      stateName,
      new KeptList(parts, form, elements, bounds),
    ) as ListState<unknown> as ListState<T>;
  }

  getMapState<K, V>(stateName: string, keyType?: GivenType, valueType?: GivenType, ttl?: TTLConfig): MapState<K, V> {
    const parts = this.partsOf('map', stateName, ttl);
    const keyForm = valueForm(this.typeOf(keyType), stateName);
    const form = valueForm(this.typeOf(valueType), stateName);
    const { schema, codec } = this.options.keys;
    const key = field('key', schema);
    const own = field('mapKey', keyForm.type);
    const values = [field('value', form.type), field('place', int())];
    const entries = this.open(stateName, [key, own], values, { state: 'map' });
    const places = this.open(`${stateName}/places`, [key, field('place', int())], [own, field('count', int())]);
    const both = keyCodec([schema, keyForm.type]);
    const map = new KeptMap(parts, keyForm, form, codec, both, entries, places);
    return this.added('map', stateName, map) as MapState<unknown, unknown> as MapState<K, V>;
  }

  deleteIfExists(stateName: string): void {
    this.checkIncomplete('deleteIfExists');
    this.checkName(stateName);
    const { state } = this.options;
    for (const part of ['', '/bounds', '/places']) state.empty(`${state.name}/${stateName}${part}`);
  }

  registerTimer(expiry: number | Date, plus: Duration = 0): void {
    this.timersFor('registerTimer').register(instant('registerTimer', expiry, plus));
  }

  deleteTimer(expiry: number | Date, plus: Duration = 0): void {
    this.timersFor('deleteTimer').delete(instant('deleteTimer', expiry, plus));
  }

  listTimers(): number[] {
    return this.timersFor('listTimers').list();
  }

  getQueryInfo(): QueryInfo {
    const { id, query } = this.options.current.batch;
    return { queryId: query.id, runId: query.runId, batchId: id };
  }

  /** The processor is made: there are no more variables. */
  finish(): void {
    this.complete = true;
  }

  /** Before the calls of a batch. */
  begin(): void {
    const { batch } = this.options.current;
    this.timers?.begin();
    this.expired = [...this.variables.values()].flatMap((variable) => variable.expire(batch.timestamp));
  }

  /** After the calls of a batch. What expired and was put anew was not removed, as in Spark. */
  end(): void {
    this.expiredValues = this.expired.reduce((sum, again) => sum + (again() ? 0 : 1), 0);
    this.options.current.removed += this.expiredValues;
    if (this.options.timeMode === 'processingTime') this.options.state.nextDue(this.timers!.nextExpiry);
  }

  get size(): number {
    return [...this.variables.values()].reduce((sum, { size }) => sum + size, 0);
  }

  get metrics(): Readonly<Record<string, number>> {
    return {
      ...this.kinds,
      numRegisteredTimers: this.timers?.registered ?? 0,
      numDeletedTimers: this.timers?.deleted ?? 0,
      numExpiredTimers: this.timers?.expired ?? 0,
      numValuesRemovedDueToTTLExpiry: this.expiredValues,
    };
  }

  private partsOf(kind: Kind, stateName: string, ttl: TTLConfig | undefined): VariableParts {
    this.checkIncomplete(`get${kind[0]!.toUpperCase()}${kind.slice(1)}State`);
    this.checkName(stateName);
    const { op, timeMode, current } = this.options;
    if (this.variables.has(stateName)) {
      const message = `${op}: two state variables are called '${stateName}'.`;
      throw new SluiceError('DUPLICATE_NAME', message, { details: { name: stateName } });
    }
    if (ttl === undefined) return { current, ttl };
    const { ttlDuration } = parseOptions(`${op}: the state '${stateName}'`, ttl, { ttlDuration: required(duration()) });
    const refused =
      timeMode !== 'processingTime'
        ? "lives for a time by the clock, which goes with timeMode: 'processingTime'"
        : ttlDuration <= 0
          ? 'has to live longer than nothing: ttlDuration is a duration above 0'
          : undefined;
    if (refused === undefined) return { current, ttl: ttlDuration };
    throw new SluiceError('INVALID_OPTION', `${op}: the state '${stateName}' ${refused}.`);
  }

  private added<V extends Variable>(kind: Kind, stateName: string, variable: V): V {
    this.variables.set(stateName, variable);
    this.kinds[counted[kind]]++;
    return variable;
  }

  private open(
    name: string,
    key: readonly Field[],
    value: readonly Field[],
    settings?: Readonly<Record<string, string>>,
  ): StateStore {
    const { op, state } = this.options;
    return state.store({
      name: `${state.name}/${name}`,
      operator: op,
      key: structOf(key),
      value: structOf(value),
      ...(settings === undefined ? {} : { settings }),
    });
  }

  private typeOf(type: GivenType): DataType | undefined {
    if (type === undefined || (typeof type === 'object' && type !== null && type.kind !== 'struct')) return type;
    if (typeof type === 'string') return parseTypeOrSchema(type);
    return toSchema(type);
  }

  private checkIncomplete(what: string): void {
    if (!this.complete) return;
    throw new Error(`${what}: state variables are asked for when the processor is made, or in its init`);
  }

  /** What begins with `$`, or stands behind a slash, is ours. */
  private checkName(stateName: string): void {
    if (typeof stateName === 'string' && /^[^$/][^/]*$/.test(stateName)) return;
    const message = `${this.options.op}: '${stateName}' is no name of a state variable: no slash, and no $ at its beginning.`;
    throw new SluiceError('INVALID_OPTION', message);
  }

  private timersFor(what: string): Timers {
    if (this.timers !== undefined) return this.timers;
    throw new Error(`${what} needs the option timeMode: 'processingTime' or 'eventTime'`);
  }
}

function instant(what: string, expiry: number | Date, plus: Duration): number {
  const more = parseDuration(plus);
  const at = more === undefined ? NaN : Math.ceil((typeof expiry === 'number' ? expiry : expiry.getTime()) + more);
  if (Number.isSafeInteger(at)) return at;
  throw new RangeError(`${what}: ${String(expiry)} and ${String(plus)} make no time in milliseconds since the epoch`);
}
