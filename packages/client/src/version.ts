/**
 * The version of the library, as its pages tell it.
 * @module
 */

export { VERSION } from "@bittern/protocol/peer";
