/**
 * What terminal and page share: here the store and the view models will stand.
 * @module
 */
export {};
