import { formatDdl } from '../schema/index.js';
import type { PlanNode } from './node.js';
import { optimize } from './optimize.js';

/** What `explain` draws below the pipeline. */
export interface ExplainedSink {
  readonly op: string;
  readonly detail: string;
  readonly branches?: readonly ExplainedBranch[];
}

/** One of several sinks, and which rows go there. */
export interface ExplainedBranch {
  readonly label: string;
  readonly sink: ExplainedSink;
}

/** The plan as text, the output at the top, as Spark draws it; `extended` shows the plan as written, too. */
export function explain(plan: PlanNode, options: { extended?: boolean; sink?: ExplainedSink } = {}): string {
  const { extended = false, sink } = options;
  const sections: string[] = [];
  if (extended) sections.push(`== Pipeline as written ==\n${draw(plan, sink, true)}`);
  sections.push(`== Pipeline as run ==\n${draw(optimize(plan), sink, extended)}`);
  return sections.join('\n\n');
}

function draw(plan: PlanNode, sink: ExplainedSink | undefined, schemas: boolean): string {
  const lines: string[] = [];
  const add = (text: string, depth: number): void => {
    lines.push(depth === 0 ? text : `${'   '.repeat(depth - 1)}+- ${text}`);
  };
  const addSink = ({ op, detail, branches = [] }: ExplainedSink, label: string, depth: number): void => {
    const text = `${label}${op} ${branches.length === 0 ? detail : ''}`.trimEnd();
    lines.push(depth === 0 ? text : `${':  '.repeat(depth - 1)}:- ${text}`);
    for (const branch of branches) addSink(branch.sink, `${branch.label}: `, depth + 1);
  };
  if (sink !== undefined) addSink(sink, '', 0);
  const visit = (node: PlanNode, depth: number): void => {
    const label = node.kind === 'foreign' ? `(${node.op}: not optimised across)` : node.op;
    const schema = schemas && node.schema !== undefined ? `  [${formatDdl(node.schema)}]` : '';
    add(`${label} ${node.detail}`.trimEnd() + schema, depth);
    for (const input of node.inputs) visit(input, depth + 1);
  };
  visit(plan, sink === undefined ? 0 : 1);
  return lines.join('\n');
}
