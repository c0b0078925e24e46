/**
 * The version, once. The tidy test holds all manifests to one version, this module's test holds it to them.
 * @module
 */

export const VERSION: string = "0.1.0";

/** What a torrent of ours names as its maker. */
export const CREATED_BY: string = `Bittern ${VERSION}`;
