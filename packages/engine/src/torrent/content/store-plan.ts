/**
 * Where the files of a torrent lie, as the host needs it to open them.
 * @module
 */
import type { Metainfo } from "@bittern/protocol/metainfo";
import type { ResumeRecord } from "../../disk/resume.ts";
import type { AddTorrent } from "../../session/command.ts";
import type { SessionOutput } from "../../session/output.ts";

type StorePlan = Extract<SessionOutput, { type: "open-store" }>["plan"];

/** `root` and `partsKey` say where the content lies now: it may have been moved since it was added. */
type PlaceNow = Required<Pick<StorePlan, "root" | "partsKey" | "wanted" | "willVerify">> & {
  readonly lastIdentity: string | undefined;
};

export function storePlan(
  { layout }: Metainfo,
  add: AddTorrent,
  { root, partsKey, wanted, willVerify, lastIdentity }: PlaceNow,
): StorePlan {
  const { name } = add.placement;
  return {
    root,
    files: layout.files.map((file) => (name === undefined ? file : { ...file, path: [name, ...file.path.slice(1)] })),
    pieceLength: layout.pieceLength,
    totalLength: layout.totalLength,
    wanted,
    partsKey,
    readOnly: add.readOnly === true,
    willVerify,
    ...(lastIdentity === undefined ? {} : { lastIdentity }),
  };
}

/** The disk that files of the record were on; `undefined` where there were none. */
export function lastIdentity(record: ResumeRecord | undefined): string | undefined {
  const { files, rootIdentity } = record?.stamps ?? { files: [], rootIdentity: "" };
  return rootIdentity !== "" && files.some((stamp) => stamp !== undefined) ? rootIdentity : undefined;
}
