/**
 * The corners of a torrent that exist once its metadata is known.
 * @module
 */
import type { Metainfo } from "@bittern/protocol/metainfo";
import type { PiecePicker } from "../picker/picker.ts";
import type { Answers } from "./answers.ts";
import type { Choking } from "./choking.ts";
import type { Content } from "./content.ts";
import type { Giving } from "./giving.ts";
import type { HashServe } from "./hash-serve.ts";
import type { MetadataServe } from "./metadata.ts";
import type { Offers } from "./offers.ts";
import type { Requests } from "./requests.ts";
import type { Uploads } from "./uploads.ts";

export interface Body {
  readonly metainfo: Metainfo;
  readonly picker: PiecePicker;
  readonly content: Content;
  readonly requests: Requests;
  readonly uploads: Uploads;
  readonly choking: Choking;
  readonly giving: Giving;
  readonly offers: Offers;
  /** What is under way of the two that follow. */
  readonly answers: Answers;
  readonly metadata: MetadataServe;
  readonly hashes: HashServe;
}
