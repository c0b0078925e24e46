/**
 * The options of the programs that work on a folder of torrents: those of the downloaders and a few of their own.
 * @module
 */
import { DOWNLOADER_OPTIONS, type DownloaderTable } from "./downloader.ts";
import { float, integer, type NumberOption } from "./option.ts";

export type LauncherTable = DownloaderTable & Readonly<Record<"parse_dir_interval" | "saveas_style" | "display_path", NumberOption>>;

export const LAUNCHER_OPTIONS: LauncherTable = {
  ...DOWNLOADER_OPTIONS,
  display_interval: float(1),
  parse_dir_interval: integer(1),
  saveas_style: integer(0),
  display_path: integer(0),
};
