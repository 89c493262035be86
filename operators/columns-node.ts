import type { MicroBatch } from '../lib/batch/index.js';
import { type Condition, conditionsOf, ofColumn } from '../lib/expressions/conditions.js';
import type { ExpressionSettings } from '../lib/expressions/index.js';
import { Flow, planOf } from '../lib/flow.js';
import { type FlowOperator, eachBatch } from '../lib/operator.js';
import { type PlanNode, type Wanted, settingsOf } from '../lib/plan/index.js';
import { type Schema, field, structOf } from '../lib/schema/index.js';
import { ColumnRunner } from './column-runner.js';
import { isDeterministic, narrow } from './column-pass.js';
import { type Program, compileStages } from './column-program.js';
import { type ColumnStage, describeStage } from './column-stages.js';
import { isTyped } from '../lib/plan/used-columns.js';

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
  const made = steps.flatMap((step) =>
    step.kind === 'compute' ? [step.bound.type] : step.kind === 'generate' ? step.columns.map(({ type }) => type) : [],
  );
  return structOf([...input.fields.slice(0, visible), ...hidden, ...made.map((type) => field(computed, type))]);
}
