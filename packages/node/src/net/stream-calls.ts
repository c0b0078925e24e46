/**
 * The calls of the system for streams that do without Node: accepting, reading, writing and waiting for many of them at once.
 *
 * As with libc.ts, where they cannot be had the answer is `undefined`, and streams go on as Node has them. Each answers with a
 * count, or with an error below 0; none waits.
 * @module
 */
import { constants } from "node:os";
import { type Libc, loadLibc } from "./libc.ts";

/** What Linux calls them (x64 and arm64 agree): SOCK_NONBLOCK and SOCK_CLOEXEC, EPOLL_CLOEXEC, MSG_DONTWAIT, MSG_NOSIGNAL. */
const NEW_STREAM = 0x8_0800;
const NEW_POLL = 0x8_0000;
const DO_NOT_WAIT = 0x40;
const DO_NOT_SIGNAL = 0x4000;
/** IPPROTO_TCP and TCP_NODELAY, and what turns an option on. */
const TCP = 6;
const NO_DELAY = 1;
const ON = new Uint32Array([1]);
/** EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD. */
const CONTROL = { add: 1, remove: 2, change: 3 };

/** EPOLLIN and EPOLLOUT. */
export const READABLE = 1;
export const WRITABLE = 4;
/** Errors of `accept` after which there is nothing to be had for a while: descriptors or memory are used up. */
export const EXHAUSTED: ReadonlySet<number> = new Set(
  [constants.errno.EMFILE, constants.errno.ENFILE, constants.errno.ENOBUFS, constants.errno.ENOMEM].map((code) => -code),
);

export interface StreamCalls {
  readonly libc: Libc;
  /** Takes a connection of a listening socket: its descriptor. Who is there is written to `name`. */
  accept(descriptor: number, name: bigint, nameLength: bigint): number;
  /** Has what is written leave at once; connections taken of a listening socket have it from there. */
  setNoDelay(descriptor: number): number;
  /** Writes to `name` where a socket is bound. */
  nameOf(descriptor: number, name: bigint, nameLength: bigint): number;
  receive(descriptor: number, memory: bigint, byteLength: number): number;
  send(descriptor: number, bytes: Uint8Array, byteLength: number): number;
  /** A descriptor that is readable when one of those that were added to it is ready. */
  createPoll(): number;
  control(poll: number, what: "add" | "remove" | "change", descriptor: number, event: bigint): number;
  /** Fills in up to `count` events. */
  poll(poll: number, events: bigint, count: number): number;
}

/** Asked for once; `undefined` where they cannot be had. */
export async function loadStreamCalls(): Promise<StreamCalls | undefined> {
  loading ??= open().catch(() => undefined);
  return await loading;
}
let loading: Promise<StreamCalls | undefined> | undefined;

async function open(): Promise<StreamCalls | undefined> {
  const libc = await loadLibc();
  if (libc === undefined) return undefined;
  const { default: koffi } = await import("koffi");
  const own = koffi.load(null);
  const accept = own.func("int accept4(int descriptor, void *name, void *name_length, int flags)");
  const nameOf = own.func("int getsockname(int descriptor, void *name, void *name_length)");
  const setOption = own.func("int setsockopt(int descriptor, int level, int name, const void *value, unsigned int length)");
  // Their results are counts of bytes that fit into an int, for no more than that is asked.
  const receive = own.func("intptr_t recv(int descriptor, void *memory, size_t length, int flags)");
  const send = own.func("intptr_t send(int descriptor, const void *bytes, size_t length, int flags)");
  const createPoll = own.func("int epoll_create1(int flags)");
  const control = own.func("int epoll_ctl(int poll, int what, int descriptor, void *event)");
  const poll = own.func("int epoll_wait(int poll, void *events, int count, int timeout)");
  const { outcome } = libc;
  return {
    libc,
    accept: (descriptor, name, nameLength) => outcome(accept(descriptor, name, nameLength, NEW_STREAM) as number),
    setNoDelay: (descriptor) => outcome(setOption(descriptor, TCP, NO_DELAY, ON, ON.byteLength) as number),
    nameOf: (descriptor, name, nameLength) => outcome(nameOf(descriptor, name, nameLength) as number),
    receive: (descriptor, memory, byteLength) => outcome(receive(descriptor, memory, byteLength, DO_NOT_WAIT) as number),
    send: (descriptor, bytes, byteLength) => outcome(send(descriptor, bytes, byteLength, DO_NOT_WAIT | DO_NOT_SIGNAL) as number),
    createPoll: () => outcome(createPoll(NEW_POLL) as number),
    control: (descriptor, what, other, event) => outcome(control(descriptor, CONTROL[what], other, event) as number),
    poll: (descriptor, events, count) => outcome(poll(descriptor, events, count, 0) as number),
  };
}
