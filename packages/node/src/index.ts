/**
 * The real world on Node: sockets, files, threads.
 * @module
 */
export type { StreamFile } from "./creation/hash-job.ts";
export { type HashedFile, type HashedStream, type HashStreamOptions, hashStream } from "./creation/hash-stream.ts";
export { type LeftOut, type ListedFile, type Listing, type ListOptions, listFiles } from "./creation/list-files.ts";
export { diskFault, errorOf } from "./faults.ts";
export { createNodeHost, type NodeHost, type NodeHostOptions } from "./host.ts";
export type { WebSocketEvent, WebSocketLink, WebSocketRequest } from "./http/web-socket.ts";
export { FileJournal } from "./journal-file.ts";
export { lockFile, TargetLock } from "./lock.ts";
export { lockFolder } from "./lock-folder.ts";
export { makeFolder } from "./make-folder.ts";
export { Interface } from "./net/interface.ts";
export { isNativeAvailable } from "./net/libc.ts";
export { type TlsFiles, TlsIdentity } from "./net/tls-identity.ts";
export { beginStorageThread } from "./storage/thread.ts";
