/**
 * The page of keys, with the flags of peers at its end.
 * @module
 */
import type { FaceWords, HelpSection } from "../words/words.ts";
import { PEER_FLAGS } from "./tables.ts";

export function helpSections({ help, helpOfFlags, peerFlags }: FaceWords): readonly HelpSection[] {
  return [...help, { title: helpOfFlags, keys: PEER_FLAGS.map(([letter]) => [letter, peerFlags[letter]] as const) }];
}
