/**
 * A plain page with links, such as a directory listing of a web server, or the page that `bittern web-config page` makes.
 * @module
 */
import { Parser } from "htmlparser2";
import { type Feed, LinkList, linkOf } from "./link.ts";

/** Characters of the text of a link. */
const TITLE_LENGTH_MAX = 500;

/** Any text is a page; one without links has none. */
export function readLinkPage(text: string, url: string): Feed {
  const list = new LinkList();
  let base = url;
  let open: { readonly href: string; readonly type: string; title: string } | undefined;
  const finish = (): void => {
    if (open !== undefined) list.add(linkOf(open.href, base, open.title, open.type));
    open = undefined;
  };
  const parser = new Parser({
    onopentag: (name, attributes) => {
      const href = attributes["href"];
      if (href === undefined) return;
      if (name === "base" && URL.canParse(href, url)) base = new URL(href, url).href;
      if (name !== "a" && name !== "area") return;
      finish();
      open = { href, type: attributes["type"] ?? "", title: "" };
    },
    ontext: (part) => {
      if (open !== undefined && open.title.length < TITLE_LENGTH_MAX) open.title += part.slice(0, TITLE_LENGTH_MAX);
    },
    onclosetag: (name) => {
      if (name === "a" || name === "area") finish();
    },
  });
  parser.end(text);
  finish();
  return { format: "page", links: list.links };
}
