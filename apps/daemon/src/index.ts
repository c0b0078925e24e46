/**
 * The long-running service: here its API, its dialects and its configuration will stand.
 * @module
 */
export {};
