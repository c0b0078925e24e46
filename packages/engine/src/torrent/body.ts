/**
 * The corners of a torrent that exist once its metadata is known.
 * @module
 */
import type { Metainfo } from "@bittern/protocol/metainfo";
import type { PiecePicker } from "../picker/picker.ts";
import type { Content } from "./content/content.ts";
import type { Requests } from "./download/requests.ts";
import type { Answers } from "./metadata/answers.ts";
import type { HashServe } from "./metadata/hash-serve.ts";
import type { MetadataServe } from "./metadata/metadata.ts";
import type { Choking } from "./upload/choking.ts";
import type { Giving } from "./upload/giving.ts";
import type { Offers } from "./upload/offers.ts";
import type { Uploads } from "./upload/uploads.ts";

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
