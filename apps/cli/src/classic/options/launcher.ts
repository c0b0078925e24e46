/**
 * The options of the programs that work on a folder of torrents: those of the downloaders and a few of their own.
 * @module
 */
import { DOWNLOADER_OPTIONS, type DownloaderTable } from "./downloader.ts";
import { float, integer, type NumberOption } from "./option.ts";

export type LauncherTable = DownloaderTable & Readonly<Record<"parse_dir_interval" | "saveas_style" | "display_path", NumberOption>>;

export const LAUNCHER_OPTIONS: LauncherTable = {
  ...DOWNLOADER_OPTIONS,
  display_interval: float(1, "seconds between two updates of what is shown"),
  parse_dir_interval: integer(1, "seconds between two looks into the folder"),
  saveas_style: integer(
    0,
    "where a torrent is saved: 1 under the name of the .torrent, 2 in a folder of that name, 3 under the suggested name; 0 as this program always did",
  ),
  display_path: integer(0, "1 shows the path of each .torrent, 0 its name"),
};
