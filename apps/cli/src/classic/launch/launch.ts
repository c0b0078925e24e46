/**
 * Many classic downloads at work: a session over a folder, and the rows a face shows of it.
 * @module
 */
import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { Session } from "@bittern/client";
import { UsageError } from "@bittern/protocol/base";
import { failureOf } from "../../failure.ts";
import type { Catalogue } from "../../messages/catalogue.ts";
import type { ClassicMessages } from "../../messages/classic/words.ts";
import { openSession } from "../../open-session.ts";
import { FolderSession, type WatchEvent } from "../../watch/folder-session.ts";
import { type EndWatch, pollFolder } from "../../watch/listing.ts";
import { sessionOptions } from "../download/choice.ts";
import type { LauncherTable } from "../options/launcher.ts";
import type { ClassicArguments } from "../options/parse.ts";
import type { ClassicInvocation } from "../program.ts";
import { type LaunchRow, launchRow } from "./view.ts";

/** Where a torrent goes when nobody says: beside its .torrent, or into the current folder under the suggested name. */
export type LaunchPlace = "beside" | "here";

export interface LaunchListeners {
  readonly tell: (event: WatchEvent) => void;
  readonly complain: (message: string) => void;
}

/** The saveas styles of a relative: where a torrent goes, by number. */
const STYLES = 3;

export class Launch {
  readonly #session: Session;
  readonly #works: FolderSession;
  readonly #endPoll: EndWatch;
  readonly #showsPaths: boolean;
  readonly #words: ClassicMessages;

  static async start(
    invocation: ClassicInvocation,
    args: ClassicArguments<LauncherTable>,
    place: LaunchPlace,
    listeners: LaunchListeners,
  ): Promise<Launch> {
    const [folder = ""] = args.positional;
    if (!(await stat(folder)).isDirectory())
      throw new UsageError("LAUNCH_FOLDER", `${folder} is no folder; name the folder that holds the .torrent files`);
    const { saveas_style: style } = args.values;
    if (style < 0 || style > STYLES) throw new UsageError("NUMBER_INVALID", `--saveas_style is ${style}, but must be 1, 2 or 3`);
    const session = await openSession(invocation, {}, await sessionOptions(args));
    return new Launch(session, resolve(folder), args, place, listeners, invocation.output.messages);
  }

  private constructor(
    session: Session,
    folder: string,
    args: ClassicArguments<LauncherTable>,
    place: LaunchPlace,
    listeners: LaunchListeners,
    { classic, failure }: Pick<Catalogue, "classic" | "failure">,
  ) {
    const { values } = args;
    this.#words = classic;
    this.#session = session;
    this.#showsPaths = values.display_path === 1;
    this.#works = new FolderSession({
      session,
      tell: listeners.tell,
      plan: async (path, name) => ({ add: { ...placeOf(path, name, place, values), seedMode: values.check_hashes === 0 } }),
    });
    const seconds = Math.max(1, values.parse_dir_interval);
    this.#endPoll = pollFolder(
      folder,
      seconds,
      (files) => this.#works.list(files),
      (error) => {
        const { code, message } = failureOf(error);
        listeners.complain(failure(code, message));
      },
    );
  }

  rows(): readonly LaunchRow[] {
    const now = performance.now();
    return this.#works.rows().map((row) => launchRow(row, this.#showsPaths ? row.path : nameOf(row.path), now, this.#words));
  }

  async close(): Promise<void> {
    await this.#endPoll();
    const closing = this.#works.close();
    await this.#session.close();
    await closing;
  }
}

/** `bbc-2.0.iso.torrent` is shown, and by the headless program saved, as `bbc-2.0.iso`. */
export function nameOf(path: string): string {
  return basename(path).replace(/\.torrent$/, "");
}

interface StyleValues {
  readonly saveas: string;
  readonly saveas_style: number;
}

/** 1: in the folder under the name of the .torrent; 2: in a folder of that name under the suggested one; 3: in the folder under the suggested one. */
function placeOf(
  path: string,
  suggested: string | undefined,
  place: LaunchPlace,
  values: StyleValues,
): { readonly path: string; readonly name?: string } {
  const folder = values.saveas !== "" ? resolve(values.saveas) : place === "beside" ? dirname(path) : process.cwd();
  const ownName = suggested === undefined ? {} : { name: suggested };
  switch (values.saveas_style) {
    case 1:
      return { path: folder, name: nameOf(path) };
    case 2:
      return { path: join(folder, nameOf(path)), ...ownName };
    case 3:
      return { path: folder, ...ownName };
    default:
      return place === "beside" ? { path: folder, name: nameOf(path) } : { path: folder, ...ownName };
  }
}
