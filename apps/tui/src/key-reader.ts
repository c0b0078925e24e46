/**
 * From the bytes of a terminal to named keys, clicks and pasted text. A machine: one chunk in, inputs of the store out.
 *
 * Understood are the sequences of xterm and everything that follows it (CSI and SS3), SGR mouse reports (mode 1006) and
 * bracketed paste (mode 2004). What is not understood is dropped whole, never typed as text.
 * @module
 */
import type { FaceInput } from "@bittern/faces";

/** Characters of an unfinished sequence that are kept for the next chunk. */
const PENDING_LENGTH_MAX = 64;
/** Characters of one paste; what comes beyond is dropped. */
const PASTE_LENGTH_MAX = 65_536;

const PASTE_BEGIN = "\u001b[200~";
const PASTE_END = "\u001b[201~";

/** What stands behind `ESC [` or `ESC O` -> the key. */
const SEQUENCES: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  P: "f1",
  Z: "shift+tab",
  "1~": "home",
  "3~": "delete",
  "4~": "end",
  "5~": "pageup",
  "6~": "pagedown",
  "7~": "home",
  "8~": "end",
  "11~": "f1",
  "[A": "f1",
};

const CONTROLS: Readonly<Record<string, string>> = {
  "\r": "enter",
  "\n": "enter",
  "\t": "tab",
  "\u007f": "backspace",
  "\b": "backspace",
  " ": "space",
};

/** A whole control sequence at the front of a text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC is what begins them
const SEQUENCE = /^\u001b(?:\[(\[?[0-?]*[ -/]*[@-~])|O([@-~]))/;
/** The beginning of one that is not finished. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC is what begins them
const UNFINISHED = /^\u001b(?:\[\[?[0-?]*[ -/]*|O)$/;
const MOUSE = /^<(\d{1,4});(\d{1,5});(\d{1,5})([Mm])$/;

export class KeyReader {
  #pending = "";
  #pasted: string | undefined;

  /** All inputs of one chunk, in order. */
  read(chunk: string): readonly FaceInput[] {
    const inputs: FaceInput[] = [];
    let rest = this.#pending + chunk;
    this.#pending = "";
    while (rest !== "") rest = this.#pasted === undefined ? this.#next(rest, inputs) : this.#paste(rest, inputs);
    return inputs;
  }

  /** Takes one input off the front and returns what is left. */
  #next(text: string, inputs: FaceInput[]): string {
    if (text.startsWith(PASTE_BEGIN)) {
      this.#pasted = "";
      return text.slice(PASTE_BEGIN.length);
    }
    const sequence = SEQUENCE.exec(text);
    if (sequence !== null) {
      const input = sequenceInput(sequence[1] ?? sequence[2] ?? "");
      if (input !== undefined) inputs.push(input);
      return text.slice(sequence[0].length);
    }
    if (UNFINISHED.test(text) && text.length <= PENDING_LENGTH_MAX) {
      this.#pending = text;
      return "";
    }
    const [sign = ""] = text;
    inputs.push({ type: "key", key: sign === "\u001b" ? "escape" : keyOf(sign) });
    return text.slice(sign.length);
  }

  #paste(text: string, inputs: FaceInput[]): string {
    const end = text.indexOf(PASTE_END);
    const kept = this.#pasted ?? "";
    if (end < 0) {
      // The end itself may be cut in two.
      const cut = Math.max(0, text.length - PASTE_END.length + 1);
      this.#pasted = (kept + text.slice(0, cut)).slice(0, PASTE_LENGTH_MAX);
      this.#pending = text.slice(cut);
      return "";
    }
    inputs.push({ type: "key", key: `text:${(kept + text.slice(0, end)).slice(0, PASTE_LENGTH_MAX)}` });
    this.#pasted = undefined;
    return text.slice(end + PASTE_END.length);
  }
}

function keyOf(sign: string): string {
  const named = CONTROLS[sign];
  if (named !== undefined) return named;
  const code = sign.charCodeAt(0);
  return code < 32 ? `ctrl+${String.fromCharCode(code + 96)}` : sign;
}

function sequenceInput(body: string): FaceInput | undefined {
  const mouse = MOUSE.exec(body);
  if (mouse !== null) return mouseInput(Number(mouse[1]), Number(mouse[2]) - 1, Number(mouse[3]) - 1, mouse[4] === "M");
  // Modifiers (`1;5A`) are left out: Ctrl-Up is Up.
  const key = SEQUENCES[body] ?? SEQUENCES[body.replace(/^\d+;\d+(?=[A-Z])/, "").replace(/;\d+~$/, "~")];
  return key === undefined ? undefined : { type: "key", key };
}

/** The left button and the wheel; bits for Shift, Alt and Ctrl are left out, movements and releases mean nothing. */
function mouseInput(code: number, column: number, line: number, isPress: boolean): FaceInput | undefined {
  const what = { 0: "press", 64: "wheel-up", 65: "wheel-down" } as const;
  const known = what[(code & ~0b11100) as keyof typeof what];
  return isPress && known !== undefined ? { type: "mouse", what: known, line, column } : undefined;
}
