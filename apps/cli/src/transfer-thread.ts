/**
 * Begins the thread that will write, before anything else of the program is evaluated: a thread takes as long to begin as all of that.
 * For the one who imports it first.
 * @module
 */
import { beginStorageThread } from "@bittern/node/thread";

/** Asked for its pages only, a command writes nothing. */
const PAGES: ReadonlySet<string> = new Set(["-h", "--help", "--version"]);

if (!process.argv.some((word) => PAGES.has(word))) beginStorageThread();
