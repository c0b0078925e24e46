/**
 * What a piece of text means for the eye; each face has its own colours for it.
 * @module
 */

/** `accent`: it is busy; `good`: it is as it should be; `warn`: look here; `bad`: it failed; `dim`: it matters less. */
export type Tone = "plain" | "strong" | "dim" | "accent" | "good" | "warn" | "bad";
