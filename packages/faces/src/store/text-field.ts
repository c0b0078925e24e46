/**
 * A line of text that is being typed.
 * @module
 */

export interface TextField {
  readonly text: string;
  /** Characters (code points) in front of the cursor. */
  readonly cursor: number;
}

/** More than any path or link is long; what is pasted beyond it is dropped. */
const TEXT_LENGTH_MAX = 8192;

export function textField(text = ""): TextField {
  return { text, cursor: [...text].length };
}

/** What a key does to the field; `undefined` when it means nothing here. */
export function typed(field: TextField, key: string): TextField | undefined {
  const signs = [...field.text];
  const { cursor } = field;
  const from = (before: readonly string[], after: readonly string[]): TextField => ({
    text: [...before, ...after].join(""),
    cursor: before.length,
  });
  switch (key) {
    case "left":
      return { ...field, cursor: Math.max(0, cursor - 1) };
    case "right":
      return { ...field, cursor: Math.min(signs.length, cursor + 1) };
    case "home":
    case "ctrl+a":
      return { ...field, cursor: 0 };
    case "end":
    case "ctrl+e":
      return { ...field, cursor: signs.length };
    case "backspace":
      return from(signs.slice(0, Math.max(0, cursor - 1)), signs.slice(cursor));
    case "delete":
      return from(signs.slice(0, cursor), signs.slice(cursor + 1));
    case "ctrl+u":
      return from([], signs.slice(cursor));
    case "ctrl+k":
      return from(signs.slice(0, cursor), []);
    case "ctrl+w":
      return from(
        [
          ...signs
            .slice(0, cursor)
            .join("")
            .replace(/\S*\s*$/, ""),
        ],
        signs.slice(cursor),
      );
    case "space":
      return inserted(field, " ");
    default:
      return key.startsWith("text:")
        ? inserted(field, key.slice("text:".length))
        : [...key].length === 1
          ? inserted(field, key)
          : undefined;
  }
}

/** Pasted text may hold line ends: a link of two lines is one. */
function inserted(field: TextField, text: string): TextField {
  const signs = [...field.text];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come in
  const clean = [...text.replace(/[\u0000-\u001f\u007f]/g, "")].slice(0, Math.max(0, TEXT_LENGTH_MAX - signs.length));
  return { text: [...signs.slice(0, field.cursor), ...clean, ...signs.slice(field.cursor)].join(""), cursor: field.cursor + clean.length };
}
