/**
 * An option of a classic program: a long name and always a value. Its kind follows from what it defaults to.
 * @module
 */

interface OptionBase<Value> {
  /** Undefined: the option has to be given. */
  readonly initial: Value | undefined;
  /** A single letter it is also known by, in manual pages that knew more than the programs. */
  readonly letter?: string;
  /** Another name for the same option, from a relative of the classic suite. */
  readonly alias?: string;
  /** It changes nothing any more: accepted, with one line that says why. */
  readonly retired?: true;
}

export interface TextOption extends OptionBase<string> {
  readonly kind: "text";
}
export interface NumberOption extends OptionBase<number> {
  readonly kind: "integer" | "float";
}
export type ClassicOption = TextOption | NumberOption;

/** Name -> option, in the order they are listed. */
export type OptionTable = Readonly<Record<string, ClassicOption>>;

export type ValuesOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends TextOption ? string : number;
};

/** What stands under each option where they are listed, the default added there, and why a retired one changes nothing. */
export interface OptionWords {
  readonly help: Readonly<Record<string, string>>;
  readonly retired: Readonly<Record<string, string>>;
}

type Extras = Pick<OptionBase<unknown>, "letter" | "alias" | "retired">;

export function text(initial: string | undefined, extras: Extras = {}): TextOption {
  return { kind: "text", initial, ...extras };
}

export function integer(initial: number | undefined, extras: Extras = {}): NumberOption {
  return { kind: "integer", initial, ...extras };
}

export function float(initial: number | undefined, extras: Extras = {}): NumberOption {
  return { kind: "float", initial, ...extras };
}
