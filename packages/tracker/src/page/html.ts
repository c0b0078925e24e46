/**
 * Text inside HTML: nothing of a torrent may become markup.
 * @module
 */

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Marks that reorder or hide text, and controls: shown as a replacement sign. */
const HIDING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Safe between tags and inside double-quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(HIDING, "\ufffd").replace(/[&<>"']/g, (sign) => ESCAPES[sign] as string);
}
