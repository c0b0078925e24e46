/**
 * What a room gives away, as the compiler sees it: every export of a module and every member of its classes and interfaces, with
 * or without a doc comment. For the rule that what leaves the house is documented.
 * @module
 */
import ts from "typescript";
import { ROOT } from "./tree.ts";

/** Members that are called. A field may say all by its name and its type. */
const MEMBERS_TOLD: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.MethodDeclaration,
  ts.SyntaxKind.MethodSignature,
  ts.SyntaxKind.Constructor,
  ts.SyntaxKind.GetAccessor,
  ts.SyntaxKind.SetAccessor,
]);

const HIDDEN: ts.ModifierFlags = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;

/**
 * Exports of the module at `path`, and members of these that are called, that have no doc comment, as `Name` or `Name.member`. A comment
 * that a base class or an interface has counts. `texts` are files, by absolute path, that stand in front of those on the disk.
 */
export function undocumented(path: string, texts: ReadonlyMap<string, string> = new Map()): readonly string[] {
  const program = programOf(path, texts);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) return [`${path} is no module`];
  const isBare = (symbol: ts.Symbol): boolean => symbol.getDocumentationComment(checker).length === 0;
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = (exported.flags & ts.SymbolFlags.Alias) === 0 ? exported : checker.getAliasedSymbol(exported);
    const members = membersOf(symbol)
      .filter(isBare)
      .map((member) => `${exported.name}.${nameOf(member)}`);
    return isBare(symbol) ? [exported.name, ...members] : members;
  });
}

/** Those that anybody may call. */
function membersOf(symbol: ts.Symbol): readonly ts.Symbol[] {
  const statics = (symbol.flags & ts.SymbolFlags.Class) === 0 ? [] : [...(symbol.exports?.values() ?? [])];
  return [...(symbol.members?.values() ?? []), ...statics].filter((member) => {
    const [declaration] = member.declarations ?? [];
    if (declaration === undefined || !MEMBERS_TOLD.has(declaration.kind)) return false;
    const name = ts.getNameOfDeclaration(declaration);
    return (name === undefined || !ts.isPrivateIdentifier(name)) && (ts.getCombinedModifierFlags(declaration) & HIDDEN) === 0;
  });
}

function nameOf(member: ts.Symbol): string {
  return member.name === ts.InternalSymbolName.Constructor ? "constructor" : member.name;
}

/** Parsed and bound, with the sources of other rooms, but not checked. */
function programOf(path: string, texts: ReadonlyMap<string, string>): ts.Program {
  const { config } = ts.readConfigFile(`${ROOT}/tsconfig.base.json`, (name) => ts.sys.readFile(name)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => texts.has(name) || disk.fileExists(name),
    readFile: (name) => texts.get(name) ?? disk.readFile(name),
    getSourceFile: (name, language, ...more) => {
      const text = texts.get(name);
      return text === undefined ? disk.getSourceFile(name, language, ...more) : ts.createSourceFile(name, text, language);
    },
  };
  return ts.createProgram([path], options, host);
}
