/**
 * What a classic program is: a name, options, a count of arguments, and what it does with them.
 * @module
 */
import type { Invocation } from "../invocation.ts";
import type { ClassicMessages, ClassicName } from "../messages/classic/words.ts";
import type { OptionTable, OptionWords } from "./options/option.ts";
import { type ArgumentCount, type ClassicArguments, parseClassic, retiredOptions } from "./options/parse.ts";
import type { RelicReason, Relics } from "./options/relics.ts";

/** One call of a classic program. It has no command tree. */
export type ClassicInvocation = Omit<Invocation, "program">;

/** What a program does; answers its exit status. */
export type ClassicAction<Table extends OptionTable> = (invocation: ClassicInvocation, args: ClassicArguments<Table>) => Promise<number>;

/** For programs that have no options. */
export type NoOptions = Readonly<Record<never, never>>;

interface ProgramParts<Table extends OptionTable> {
  /** `btmakemetafile`; the same with `.py` behind it is the same program. */
  readonly name: ClassicName;
  readonly options: Table;
  /** What is said of the options. */
  readonly words: (options: ClassicMessages["options"]) => OptionWords;
  readonly count: ArgumentCount;
  /** What it takes and does nothing with. */
  readonly relics?: Relics;
  /** Called when the program is. */
  readonly load: () => Promise<ClassicAction<Table>>;
}

export interface ClassicProgram extends Omit<ProgramParts<OptionTable>, "load"> {
  /** Reads the words of the command line and does it; throws a `UsageError` for what cannot be understood. */
  run(invocation: ClassicInvocation, words: readonly string[]): Promise<number>;
}

export function classicProgram<Table extends OptionTable>(parts: ProgramParts<Table>): ClassicProgram {
  const { load, ...rest } = parts;
  return {
    ...rest,
    run: async (invocation, words) => {
      const { options, count, relics = {} } = parts;
      const args = parseClassic(words, options, count, relics);
      const { warning, classic } = invocation.output.messages;
      const warn = (name: string, why: string): void =>
        invocation.output.log(`${parts.name}: ${warning}: ${classic.changesNothing(`--${name}`, why)}`);
      for (const name of retiredOptions(args, options)) warn(name, parts.words(classic.options).retired[name] ?? "");
      for (const name of args.relics) warn(name, classic.relics[relics[name] as RelicReason]);
      const action = await load();
      return await action(invocation, args);
    },
  };
}
