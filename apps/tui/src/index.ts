/**
 * The terminal face of the service: here its views will stand.
 * @module
 */
export {};
