import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..');
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];

/** Where the names come from that a block uses without importing them: the first of these that has one. */
const homes = [
  ...['operators', 'connectors', 'lib', 'lib/testing'].map((folder) => join(root, folder, 'index.ts')),
  join(root, 'spec/helpers/docs-around.ts'),
];

/** A block of TypeScript in a page, beside which it stands as a file of its own. */
class Block {
  readonly file: string;
  private readonly code: string;
  private readonly line: number;

  constructor(
    private readonly page: string,
    { 1: code, index, input }: RegExpExecArray,
  ) {
    this.line = input.slice(0, index).split('\n').length;
    this.file = join(root, `${page}.${this.line}.ts`);
    // What a block leaves out.
    this.code = code!.replaceAll(', … }', ', ...anything }').replaceAll('…', 'anything');
  }

  /** As a module: its imports, those that it goes without, and the rest in braces, all lines where they were. */
  module(exported: ReadonlyMap<string, string>): string {
    const own = this.code.match(/^import .*$/gm)?.join('; ') ?? '';
    const words = new Set(this.code.match(/[\p{L}_$][\p{L}\d_$]*/gu));
    const missing = [...words].filter((word) => exported.has(word) && !own.includes(` ${word}`));
    const imports = missing.map((name) => `import { ${name} } from '${exported.get(name)!}';`);
    return `${own}; ${imports.join(' ')} {\n${this.code.replaceAll(/^import .*$/gm, '')}\n}`;
  }

  complaint({ start, messageText }: ts.Diagnostic, text: string): string {
    const line = this.line + text.slice(0, start).split('\n').length - 1;
    return `${this.page}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  }
}

/** A compiler that is asked about files that are not on the disk; what it has read it keeps. */
class Compiler {
  private readonly read = new Map<string, ts.SourceFile | undefined>();

  program(files: ReadonlyMap<string, string>): ts.Program {
    const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config as unknown;
    const ours = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, root).options;
    // An import does not say whether it is of a type.
    const options = { ...ours, verbatimModuleSyntax: false, isolatedModules: false };
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists } = host;
    host.fileExists = (path) => files.has(path) || fileExists(path);
    host.getSourceFile = (path, how, ...rest) => {
      const text = files.get(path);
      if (text !== undefined) return ts.createSourceFile(path, text, how);
      if (!this.read.has(path)) this.read.set(path, getSourceFile(path, how, ...rest));
      return this.read.get(path);
    };
    return ts.createProgram([...homes, ...files.keys()], options, host);
  }
}

describe('the code in the docs', () => {
  const compiler = new Compiler();
  const exported = new Map<string, string>();
  beforeAll(() => {
    const program = compiler.program(new Map());
    const checker = program.getTypeChecker();
    for (const home of homes) {
      const names = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(home)!)!);
      for (const { name } of names) if (!exported.has(name)) exported.set(name, home.replace(/\.ts$/, '.js'));
    }
  }, 60_000);

  it('is of the right types', () => {
    const blocks = pages.flatMap((page) =>
      [...readFileSync(join(root, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((m) => new Block(page, m)),
    );
    expect(blocks.length).toBeGreaterThan(30);
    const modules = new Map(blocks.map((block) => [block.file, block.module(exported)]));
    const program = compiler.program(modules);
    expect(program.getSemanticDiagnostics(program.getSourceFile(homes.at(-1)!))).toEqual([]);
    const complaints = blocks.flatMap((block) => {
      const file = program.getSourceFile(block.file)!;
      const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      return found.map((each) => block.complaint(each, file.text));
    });
    expect(complaints).toEqual([]);
  }, 60_000);
});
