/**
 * What a site is made of.
 * @module
 */
import type { TrackerRun, TrackerSettings } from "@bittern/tracker";
import type { PageOptions } from "../options.ts";
import type { SharedStatus } from "../shared-status.ts";
import type { TorrentFolder } from "../torrent-folder.ts";

export interface SiteParts {
  readonly run: () => TrackerRun;
  /** What whoever runs it wants to show; nothing but announces and the API when absent. */
  readonly page: PageOptions | undefined;
  readonly torrentPolicy: TrackerSettings["torrentPolicy"];
  readonly folder: TorrentFolder | undefined;
  readonly servesFiles: boolean;
  readonly sharing: () => SharedStatus;
  /** Opens the API to whoever has it. */
  readonly apiToken: string | undefined;
  /** Looks at the files beside the tracker now; resolves with what is wrong with them. */
  readonly reload: () => Promise<readonly string[]>;
  readonly keepsEmptyTorrents: boolean;
  /** Announce URLs for whoever reached us by this name (without a port); `undefined`: by no name. */
  readonly announceUrls: (hostname: string | undefined) => readonly string[];
}
