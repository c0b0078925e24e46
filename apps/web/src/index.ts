/**
 * The web page of the service: here its views will stand.
 * @module
 */
export {};
