/**
 * What a site is made of.
 * @module
 */
import type { TrackerRun } from "@bittern/tracker";
import type { PageOptions } from "../options.ts";
import type { SharedStatus } from "../shared-status.ts";
import type { TorrentFolder } from "../torrent-folder.ts";

export interface SiteParts {
  readonly run: () => TrackerRun;
  readonly page: PageOptions;
  readonly folder: TorrentFolder | undefined;
  readonly servesFiles: boolean;
  readonly sharing: () => SharedStatus;
  /** Opens the API to whoever has it. */
  readonly apiToken: string | undefined;
  /** Looks at the files beside the tracker now. */
  readonly reload: () => Promise<void>;
  readonly keepsEmptyTorrents: boolean;
  /** Announce URLs for whoever reached us by this name (without a port); `undefined`: by no name. */
  readonly announceUrls: (hostname: string | undefined) => readonly string[];
}
