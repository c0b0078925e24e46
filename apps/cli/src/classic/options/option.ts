/**
 * An option of a classic program: a long name and always a value. Its kind follows from what it defaults to.
 * @module
 */

interface OptionBase<Value> {
  /** What stands under it where the options are listed; the default is added there. */
  readonly help: string;
  /** Undefined: the option has to be given. */
  readonly initial: Value | undefined;
  /** A single letter it is also known by, in manual pages that knew more than the programs. */
  readonly letter?: string;
  /** Another name for the same option, from a relative of the classic suite. */
  readonly alias?: string;
  /** Why it changes nothing any more: accepted, with one line that says so. */
  readonly retired?: string;
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

type Extras = Pick<OptionBase<unknown>, "letter" | "alias" | "retired">;

export function text(initial: string | undefined, help: string, extras: Extras = {}): TextOption {
  return { kind: "text", initial, help, ...extras };
}

export function integer(initial: number | undefined, help: string, extras: Extras = {}): NumberOption {
  return { kind: "integer", initial, help, ...extras };
}

export function float(initial: number | undefined, help: string, extras: Extras = {}): NumberOption {
  return { kind: "float", initial, help, ...extras };
}
