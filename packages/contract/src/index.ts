/**
 * What the daemon, its page and the remote client agree on: here the schemas of the API will stand.
 * @module
 */
export {};
