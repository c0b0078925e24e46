/**
 * The questions a face asks: each takes keys until it is answered or left.
 * @module
 */
import type { FaceSnapshot } from "../snapshot.ts";
import { amountText, parseBytes } from "../units.ts";
import { helpPlace, helpTopMax } from "../views/help.ts";
import type { FaceWords, NoticeWords } from "../words/words.ts";
import { movedBy } from "./movement.ts";
import type { Dialog, FaceState, ScreenSize } from "./state.ts";
import type { FaceStep } from "./step.ts";
import { textField, typed } from "./text-field.ts";

type Of<Type extends Dialog["type"]> = Extract<Dialog, { type: Type }>;

export function addDialog(snapshot: FaceSnapshot, source = ""): Of<"add"> {
  return { type: "add", source: textField(source), folder: textField(snapshot.saveTo), isPaused: false, focus: 0 };
}

export function limitsDialog(ids: readonly string[] | undefined, name: string, down: number, up: number): Of<"limits"> {
  return { type: "limits", ids, name, down: textField(amountText(down)), up: textField(amountText(up)), focus: 0 };
}

/** What the answer to a question depends on beside the key. */
export interface DialogAround {
  readonly snapshot: FaceSnapshot;
  readonly size: ScreenSize;
  readonly words: FaceWords;
}

export function reduceDialog(state: FaceState, dialog: Dialog, key: string, { snapshot, size, words }: DialogAround): FaceStep {
  switch (dialog.type) {
    case "add":
      return addKey(state, dialog, key, snapshot, words.notices);
    case "remove":
      return removeKey(state, dialog, key);
    case "limits":
      return limitsKey(state, dialog, key, words.notices);
    case "search":
      return searchKey(state, dialog, key);
    case "help":
      return helpKey(state, dialog, key, size, words);
  }
}

function ask(state: FaceState, dialog: Dialog | undefined): FaceStep {
  return { state: { ...state, dialog }, intents: [] };
}

function complain(state: FaceState, text: string): FaceStep {
  return { state: { ...state, notice: { text, tone: "bad" } }, intents: [] };
}

/** The next place to type, or the one before. */
function focusBy(key: string, focus: number, count: number): number | undefined {
  if (key === "tab" || key === "down") return (focus + 1) % count;
  return key === "shift+tab" || key === "up" ? (focus + count - 1) % count : undefined;
}

function addKey(state: FaceState, dialog: Of<"add">, key: string, snapshot: FaceSnapshot, words: NoticeWords): FaceStep {
  if (key === "escape") return ask(state, undefined);
  const focus = focusBy(key, dialog.focus, 3);
  if (focus !== undefined) return ask(state, { ...dialog, focus });
  if (key === "enter") {
    const source = dialog.source.text.trim();
    if (source === "") return complain({ ...state, dialog: { ...dialog, focus: 0 } }, words.sourceNeeded);
    const folder = dialog.folder.text.trim() === "" ? snapshot.saveTo : dialog.folder.text.trim();
    return { state: { ...state, dialog: undefined }, intents: [{ type: "add", source, folder, isPaused: dialog.isPaused }] };
  }
  if (dialog.focus === 2) return ask(state, key === "space" ? { ...dialog, isPaused: !dialog.isPaused } : dialog);
  const name = dialog.focus === 0 ? "source" : "folder";
  return ask(state, { ...dialog, [name]: typed(dialog[name], key) ?? dialog[name] });
}

function removeKey(state: FaceState, { ids }: Of<"remove">, key: string): FaceStep {
  if (key === "k" || key === "enter" || key === "D") {
    const intents = ids.map((id) => ({ type: "remove" as const, id, deleteFiles: key === "D" }));
    return { state: { ...state, dialog: undefined, marked: new Set() }, intents };
  }
  return key === "escape" || key === "n" || key === "q" ? ask(state, undefined) : { state, intents: [] };
}

function limitsKey(state: FaceState, dialog: Of<"limits">, key: string, words: NoticeWords): FaceStep {
  if (key === "escape") return ask(state, undefined);
  const focus = focusBy(key, dialog.focus, 2);
  if (focus !== undefined) return ask(state, { ...dialog, focus });
  if (key !== "enter") {
    const name = dialog.focus === 0 ? "down" : "up";
    return ask(state, { ...dialog, [name]: typed(dialog[name], key) ?? dialog[name] });
  }
  const [down, up] = [limitOf(dialog.down.text), limitOf(dialog.up.text)];
  if (down === undefined || up === undefined) {
    const wrong = down === undefined ? dialog.down.text : dialog.up.text;
    return complain({ ...state, dialog: { ...dialog, focus: down === undefined ? 0 : 1 } }, words.noRate(wrong));
  }
  return { state: { ...state, dialog: undefined }, intents: (dialog.ids ?? [undefined]).map((id) => ({ type: "limit", id, down, up })) };
}

function limitOf(text: string): number | undefined {
  return text.trim() === "" ? 0 : parseBytes(text.trim().replace(/\/s$/i, ""));
}

function searchKey(state: FaceState, dialog: Of<"search">, key: string): FaceStep {
  if (key === "escape") return ask({ ...state, choice: { ...state.choice, search: dialog.before } }, undefined);
  if (key === "enter" || key === "up" || key === "down") return ask(state, undefined);
  const field = typed(dialog.field, key) ?? dialog.field;
  return ask({ ...state, choice: { ...state.choice, search: field.text } }, { ...dialog, field });
}

function helpKey(state: FaceState, dialog: Of<"help">, key: string, size: ScreenSize, words: FaceWords): FaceStep {
  // The screen may have grown since.
  const topMax = helpTopMax(words, size);
  const top = movedBy(key, helpPlace(size).rows, Math.min(dialog.top, topMax), topMax + 1);
  return ask(state, top === undefined ? undefined : { ...dialog, top });
}
