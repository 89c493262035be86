import type { MicroBatch } from '../../lib/batch/index.js';
import { type Condition, conditionsOf, ofColumn } from '../../lib/expressions/conditions.js';
import type { Expression, ExpressionSettings } from '../../lib/expressions/index.js';
import { conjunctsOf } from '../../lib/expressions/tree.js';
import { Flow, planOf } from '../../lib/flow.js';
import { type FlowOperator, eachBatch } from '../../lib/operator.js';
import { type PlanNode, type Wanted, optimize, settingsOf } from '../../lib/plan/index.js';
import { type DataType, type Schema, field, structOf } from '../../lib/schema/index.js';
import { ColumnRunner } from './runner.js';
import { isDeterministic, narrow } from './pass.js';
import { type Program, type Step, compileStages } from './program.js';
import { type ColumnStage, describeStage } from './stages.js';
import { eventTimeAfter, isRandom, mayMention } from './event-time.js';
import { isTyped } from '../../lib/plan/used-columns.js';

/** Stages over an input: what neighbouring operators of columns become together. */
interface ColumnsNode extends PlanNode {
  readonly stages: readonly ColumnStage[];
  readonly known: Schema | undefined;
}

/** An operator of columns. Neighbours join into one pass over each batch. */
export const columnOperator =
  <A, B>(stage: ColumnStage): FlowOperator<A, B> =>
  (source) => {
    const input = planOf(source as never);
    const known = input.schema !== undefined && isTyped(input.schema) ? input.schema : undefined;
    const settings = settingsOf(input);
    const program = known && compileStages([stage], known, settings, { hidden: input.hidden });
    return new Flow<B>(columnsNode(input, [stage], known, settings, program?.schema, 'all', () => program));
  };

/**
 * @param known the columns of the input as they are declared, whether or not all of them will be given
 * @param schema the columns of the output
 * @param program what the stages mean over `known`, found out when it is needed
 */
function columnsNode(
  input: PlanNode,
  stages: readonly ColumnStage[],
  known: Schema | undefined,
  settings: ExpressionSettings,
  schema: Schema | undefined,
  wanted: Wanted,
  program: () => Program | undefined,
): ColumnsNode {
  return {
    kind: 'operator',
    op: stages.map((stage) => stage.op).join(' + '),
    detail: stages.map(describeStage).join('; '),
    inputs: [input],
    schema,
    // Rows stay what they are, and so does where they come from.
    hidden: input.hidden,
    eventTime: eventTimeAfter(stages, input.eventTime),
    traits: {},
    stages,
    known,
    needs: (names) => {
      const whole = program();
      return whole === undefined ? 'all' : inputsOf(whole, names);
    },
    prune: (names) => {
      const whole = program();
      const some = whole && narrow(whole, names).program.schema;
      return columnsNode(input, stages, known, settings, some, names, program);
    },
    passes: (conditions) => {
      const whole = program();
      return whole === undefined ? [] : conditionsAbove(whole, conditions);
    },
    fuse: (before) => {
      if (isWatermark(before)) return filteredFirst(before, stages);
      if (!('stages' in before && 'known' in before)) return undefined;
      const { inputs, stages: earlier, known: first } = before as ColumnsNode;
      const both = [...earlier, ...stages];
      const compiled = once(() => first && compileStages(both, first, settings, { hidden: inputs[0]!.hidden }));
      return columnsNode(inputs[0]!, both, first, settings, schema, wanted, compiled);
    },
    connect: ([source]) => {
      const whole = program();
      const runner = new ColumnRunner(stages, whole && narrow(whole, wanted).program, settings);
      return eachBatch(source!, (batch: MicroBatch) => runner.run(batch));
    },
  };
}

/** A node that takes the event times of the rows that pass it. */
interface WatermarkNode extends PlanNode {
  readonly eventColumn: string;
  /** The same over another input of the same columns. */
  readonly over: (input: PlanNode) => PlanNode;
}

const isWatermark = (node: PlanNode): node is WatermarkNode => 'eventColumn' in node;

/**
 * Filters right below a watermark come before it, as in Spark: rows that are filtered out do not move it. Those on the
 * event time itself stay where they are.
 */
function filteredFirst(watermark: WatermarkNode, stages: readonly ColumnStage[]): PlanNode | undefined {
  const rest = stages.findIndex((stage) => stage.op !== 'where');
  const filters = stages.slice(0, rest < 0 ? stages.length : rest) as Extract<ColumnStage, { op: 'where' }>[];
  const terms = filters.flatMap(({ condition }) => conjunctsOf(condition));
  const first = terms.filter((term) => !mayMention(term, watermark.eventColumn) && !isRandom(term));
  if (first.length === 0) return undefined;
  const after = terms.filter((term) => !first.includes(term));
  const filter = (condition: Expression): ColumnStage => ({ op: 'where', condition });
  const [input] = watermark.inputs;
  // What they ask for is news to the nodes above.
  const above = watermark.over(optimize(over(input!, first.map(filter))));
  const below = [...after.map(filter), ...stages.slice(filters.length)];
  return below.length === 0 ? above : over(above, below);
}

function over(input: PlanNode, stages: readonly ColumnStage[]): PlanNode {
  const known = input.schema !== undefined && isTyped(input.schema) ? input.schema : undefined;
  const settings = settingsOf(input);
  const program = once(() => known && compileStages(stages, known, settings, { hidden: input.hidden }));
  const node = columnsNode(input, stages, known, settings, program()?.schema ?? input.schema, 'all', program);
  return 'stages' in input ? (node.fuse?.(input) ?? node) : node;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function inputsOf(program: Program, wanted: Wanted): Wanted {
  const { slots } = narrow(program, wanted);
  return new Set(
    program.input.fields.slice(0, program.visible).flatMap((f, slot) => (slots.has(slot) ? [f.name] : [])),
  );
}

/** What holds of the rows that matter, said of the columns that come in. */
function conditionsAbove(program: Program, below: readonly Condition[]): readonly Condition[] {
  const { steps, output } = program;
  const random = steps.findIndex((step) => !isDeterministic(step));
  // Rows that are left out before a random number is drawn would change those of the others.
  const before = random < 0 ? steps : steps.slice(0, random);
  const slots = slotSchema(program);
  const own = before.flatMap((step) => (step.kind === 'filter' ? conditionsOf(step.bound, slots) : []));
  if (random >= 0) return own.filter(({ column }) => column !== computed);
  const translated = below.flatMap((condition) => {
    const slot = output.find((one) => one.field.name === condition.column)?.slot;
    return slot === undefined ? [] : [ofColumn(condition, slots.fields[slot]!.name)];
  });
  return [...own, ...translated].filter(({ column }) => column !== computed);
}

/** The name of slots that are no column of the input. */
const computed = '\0';

function slotSchema({ input, visible, steps }: Program): Schema {
  const hidden = input.fields.slice(visible).map(({ type }) => field(computed, type));
  const made = steps.flatMap(typesMade);
  return structOf([...input.fields.slice(0, visible), ...hidden, ...made.map((type) => field(computed, type))]);
}

/** The types of the slots that a step fills. */
function typesMade(step: Step): readonly DataType[] {
  switch (step.kind) {
    case 'filter':
      return [];
    case 'compute':
      return [step.bound.type];
    case 'generate':
      return step.columns.map(({ type }) => type);
    case 'window':
      return [step.windowing.type];
  }
}
