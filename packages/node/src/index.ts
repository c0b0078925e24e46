/**
 * The real world on Node: sockets, files, threads.
 * @module
 */
export { createNodeHost, type NodeHost, type NodeHostOptions } from "./host.ts";
