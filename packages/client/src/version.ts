/**
 * The version of the library, as its pages tell it. The tidy test holds it to the manifests.
 * @module
 */

export const VERSION: string = "0.1.0";
