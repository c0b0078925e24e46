/**
 * The release of the classic suite whose faces these are.
 * @module
 */

/** What its windows and pages say of themselves, so that whoever looks for them by their words finds what was always there. */
export const CLASSIC_VERSION = "3.4.2";
