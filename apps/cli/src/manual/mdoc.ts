/**
 * The language of manual pages, mdoc: text made safe for it, and the few shapes our pages are built of.
 * @module
 */

/** Columns of a source line; `mandoc -Tlint` complains past 80. */
const LINE_WIDTH = 76;

/** Signs that would be drawn as another, or read as a command. */
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  '"': "\\(dq",
  "^": "\\(ha",
  "~": "\\(ti",
};

/** Text that someone may copy: every sign stays what it is. */
export function literal(text: string): string {
  return unicode(text.replace(/[\\\-'`"^~]/g, (sign) => ESCAPES[sign] as string));
}

/** Prose: a hyphen may be a hyphen, but an option keeps its dashes; what stands between backticks is set off in bold. */
function prose(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) =>
      /^`[^`]*`$/.test(part)
        ? `\\fB${literal(part.slice(1, -1))}\\fP`
        : unicode(part.replace(/[\\'"^~]|(?<![\w-])-+(?=\w)/g, (sign) => [...sign].map((one) => ESCAPES[one] as string).join(""))),
    )
    .join("");
}

function unicode(text: string): string {
  return text.replace(/[^\n\x20-\x7e]/gu, (sign) => `\\[u${(sign.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0")}]`);
}

/** One word after a macro: quoted where it would fall into several, and never taken for a macro or for punctuation. */
export function word(text: string): string {
  const safe = literal(text);
  const isPlain = /^\\?[\w-][^\s]*$/.test(safe) && !/^[A-Z][a-z]$|^[A-Z]{1,2}$/.test(safe) && !/^[.,:;()[\]?!|]$/.test(safe);
  if (isPlain) return safe;
  return /\s/.test(safe) ? `"\\&${safe}"` : `\\&${safe}`;
}

/** Lines of running text: each sentence begins a line of its own, as mdoc wants it, and none is too long. */
export function textLines(text: string): readonly string[] {
  const sentences = text
    .trim()
    .split(/\s*\n\s*|(?<=[.?!:][)"']*)\s+/)
    .filter((sentence) => sentence !== "");
  return sentences.flatMap((sentence) => wrapped(prose(sentence))).map((line) => (/^[.']/.test(line) ? `\\&${line}` : line));
}

/** Paragraphs, parted by `.Pp`. */
export function paragraphLines(text: string): readonly string[] {
  return text.split(/\n{2,}/).flatMap((paragraph, at) => [...(at === 0 ? [] : [".Pp"]), ...textLines(paragraph)]);
}

/** A list of terms; each head is what follows `.It`. */
export function tagList(items: readonly (readonly [head: string, meaning: string])[]): readonly string[] {
  return [".Bl -tag -width Ds", ...items.flatMap(([head, meaning]) => [`.It ${head}`, ...textLines(meaning)]), ".El"];
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + part.length > LINE_WIDTH) {
      lines.push(line);
      line = part;
    } else {
      line = line === "" ? part : `${line} ${part}`;
    }
  }
  return [...lines, line];
}

/** A line of `--help` as a sentence. */
export function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase();
  return `${first}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
