import { join } from 'node:path';
import ts from 'typescript';

/** docs/options.md, as it has to be: the options of every connector, as its type, docstrings and specs have them. */
export function optionsPage(root: string): string {
  const entry = join(root, 'connectors/index.ts');
  const program = ts.createProgram([entry], {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    module: ts.ModuleKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    types: ['node'],
  });
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!);
  const shown = new Map<ts.Symbol, string>();
  const sections = exported
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'))
    .map((symbol) => new Factory(checker, symbol, shown).section())
    .filter((section) => section !== undefined);
  return `# Options

The options of every connector, made from the code. Names in a wrong case or misspelt are UNKNOWN_OPTION, with the nearest known name; values that do not fit are INVALID_OPTION. Durations are a number of milliseconds or a text such as \`'10 seconds'\`, sizes a number of bytes or a text such as \`'64m'\` (powers of 1024).

${sections.join('\n')}`;
}

class Factory {
  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly symbol: ts.Symbol,
    /** Interfaces whose options were listed already, and under which title. */
    private readonly shown: Map<ts.Symbol, string>,
  ) {}

  /** Undefined for what takes no options. */
  section(): string | undefined {
    const { checker, symbol } = this;
    // Of several overloads that which takes all options: the implementation.
    const declaration = symbol.declarations?.filter(ts.isFunctionDeclaration).find(({ body }) => body !== undefined);
    const [parameter] = declaration?.parameters ?? [];
    if (parameter?.name.getText() !== 'options') return undefined;
    const type = checker.getNonNullableType(checker.getTypeAtLocation(parameter));
    const title = `## ${symbol.name}\n\n`;
    if (type.isUnion()) return title + this.formats(type.types);
    return title + this.tables(type.getProperties());
  }

  /** The table of options, and those of the options within them. */
  private tables(options: readonly ts.Symbol[]): string {
    return [this.table(options), ...options.flatMap((option) => this.nested(option))].join('\n');
  }

  /** The options within an option, where these are of an interface of ours. */
  private nested(option: ts.Symbol): string[] {
    const type = this.checker.getNonNullableType(this.checker.getTypeOfSymbol(option));
    const own = (type.isUnion() ? type.types : [type]).filter(isInterfaceOfOurs);
    return own.map((of) => {
      const title = `${this.symbol.name}: ${option.name}`;
      const first = this.shown.get(of.symbol);
      if (first !== undefined) return `### ${title}\n\nAs [${first}](#${anchor(first)}).\n`;
      this.shown.set(of.symbol, title);
      return `### ${title}\n\n${this.table(of.getProperties())}`;
    });
  }

  /** What all formats have, then what each has besides. */
  private formats(types: readonly ts.Type[]): string {
    const [first, ...others] = types;
    const isIn = (type: ts.Type, { name, declarations }: ts.Symbol): boolean =>
      type.getProperty(name)?.declarations?.[0] === declarations![0];
    const common = first!
      .getProperties()
      .filter((option) => option.name !== 'format' && others.every((type) => isIn(type, option)));
    const isCommon = (name: string): boolean => name === 'format' || common.some((p) => p.name === name);
    const parts = types.map((type) => {
      const own = type.getProperties().filter(({ name }) => !isCommon(name));
      return `### ${this.symbol.name}: ${this.formatOf(type)}\n\n${this.table(own)}`;
    });
    const names = types.map((type) => `\`'${this.formatOf(type)}'\``).join(', ');
    return `\`format\` is one of ${names}. All formats have:\n\n${[this.tables(common), ...parts].join('\n')}`;
  }

  private formatOf(type: ts.Type): string {
    return (this.checker.getTypeOfSymbol(type.getProperty('format')!) as ts.StringLiteralType).value;
  }

  private table(properties: readonly ts.Symbol[]): string {
    if (properties.length === 0) return 'No options of its own.\n';
    const rows = [...properties].sort((a, b) => a.name.localeCompare(b.name, 'en')).map((option) => this.row(option));
    return `| option | type | default | meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
  }

  private row(option: ts.Symbol): string {
    const { checker } = this;
    const type = checker.getNonNullableType(checker.getTypeOfSymbol(option));
    const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseSingleQuotesForStringLiteralType;
    const doc = this.docOf(option);
    if (doc === '') throw new Error(`${this.symbol.name}: the option '${option.name}' has no docstring.`);
    const said = saidDefault.exec(doc);
    const isRequired = (option.flags & ts.SymbolFlags.Optional) === 0;
    const found = said?.[1] ?? this.fallbackOf(option) ?? markedDefault.exec(doc)?.[1] ?? '';
    const fallback = isRequired ? '(required)' : found;
    const meaning = said === null ? doc : doc.replace(said[0], '').trim();
    const cells = [`\`${option.name}\``, code(checker.typeToString(type, undefined, flags)), fallback, meaning];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  }

  /** What the first declaration says: formats declare some options that all have once more. */
  private docOf({ declarations }: ts.Symbol): string {
    const { name } = declarations![0] as ts.PropertyAssignment | ts.PropertySignature;
    const parts = this.checker.getSymbolAtLocation(name)!.getDocumentationComment(this.checker);
    return ts.displayPartsToString(parts).replaceAll(/\s+/g, ' ').trim();
  }

  /** What the spec falls back to: the argument for the parameter of that name of what reads the option. */
  private fallbackOf(option: ts.Symbol): string | undefined {
    const declaration = option.declarations?.find(ts.isPropertyAssignment);
    const call = declaration?.initializer;
    if (call === undefined || !ts.isCallExpression(call)) return undefined;
    const signature = this.checker.getResolvedSignature(call);
    const at = signature?.parameters.findIndex((parameter) => parameter.name === 'fallback') ?? -1;
    const given = at < 0 ? undefined : call.arguments[at];
    return given === undefined ? undefined : code(given.getText().replaceAll(/(?<=\d)_(?=\d)/g, ''));
  }
}

/** What leads to a heading on a page of GitHub's. */
const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');

function isInterfaceOfOurs(type: ts.Type): boolean {
  const file = type.symbol?.declarations?.find(ts.isInterfaceDeclaration)?.getSourceFile().fileName;
  return file !== undefined && !file.includes('/node_modules/') && type.getProperties().every(isOption);
}

/** Whether a property is written by users, rather than keyed by a symbol. */
const isOption = ({ declarations }: ts.Symbol): boolean =>
  declarations?.every((of) => ts.isPropertySignature(of) && !ts.isComputedPropertyName(of.name)) === true;

/** The sentence of a docstring that says the default. */
const saidDefault = /(?:^|(?<=[.)] ))(?:Default:?|By default) ((?:[^.]|\.(?! |$))+)\.(?: |$)/;

/** A value that a docstring says is the default. */
const markedDefault = /(`[^`]+`),? \(?the default/;

const code = (text: string): string => `\`${text}\``;
