/**
 * The calls of the system that Node does not make: many datagrams at once (`recvmmsg`, `sendmmsg`), and watching a descriptor
 * that somebody else reads.
 *
 * They are made through `koffi`, which is an optional dependency: where it is not installed, on another system or another kind of
 * processor, or where anything of it is not as we know it, the answer is `undefined` and sockets go on as Node has them. It is
 * loaded by the first who asks (16 ms), which is whoever opens a busy door.
 * @module
 */
import { constants } from "node:os";

/** What `fcntl` calls a copy of a descriptor that no child process gets (F_DUPFD_CLOEXEC of Linux). */
const COPY_DESCRIPTOR = 1030;
/** The lowest number such a copy may have: the first three are the standard streams of every process. */
const DESCRIPTOR_LEAST = 3;
/** Return at once (MSG_DONTWAIT of Linux). */
const DO_NOT_WAIT = 0x40;
/** Where the memory layout of datagram-table.ts was looked up: Linux, 64 bits, the low byte first. */
const PROCESSORS: readonly string[] = ["x64", "arm64"];

/** Errors, as numbers below 0. */
export const WOULD_BLOCK: number = -constants.errno.EAGAIN;
export const NO_BUFFER: number = -constants.errno.ENOBUFS;
export const INTERRUPTED: number = -constants.errno.EINTR;

export interface Libc {
  /** What a call of this thread that was made just now answered: its count, or its error below 0. */
  readonly outcome: (count: number) => number;
  /** Where bytes lie, for as long as they are kept. */
  addressOf(memory: Uint8Array<ArrayBuffer>): bigint;
  /** Fills up to `count` messages of a table; how many, or an error below 0. Never waits. */
  receiveMany(descriptor: number, messages: bigint, count: number): number;
  /** Sends up to `count` messages of a table; how many have left, or an error below 0 when the first could not. Never waits. */
  sendMany(descriptor: number, messages: bigint, count: number): number;
  /** Another descriptor of the same socket, below 0 when there is none to be had. */
  copyDescriptor(descriptor: number): number;
  closeDescriptor(descriptor: number): void;
  /**
   * Calls `wake` whenever there is something to read, outside of Node's own turns: ticks and promises wait for the next of them,
   * and what is thrown there is lost. The answer ends it, and must be kept until then.
   */
  watch(descriptor: number, wake: () => void): { close(): void };
}

/** Asked for once; `undefined` where it cannot be had. */
export async function loadLibc(): Promise<Libc | undefined> {
  loading ??= open().catch(() => undefined);
  return await loading;
}
let loading: Promise<Libc | undefined> | undefined;

/** Whether a busy door of this machine takes and sends many datagrams at once, if nobody forbids it. */
export async function isNativeAvailable(): Promise<boolean> {
  return (await loadLibc()) !== undefined;
}

async function open(): Promise<Libc | undefined> {
  if (process.platform !== "linux" || !PROCESSORS.includes(process.arch)) return undefined;
  const { default: koffi } = await import("koffi");
  if (typeof koffi.node?.poll !== "function") return undefined;
  // What this process has already: the C library it stands on, whichever that is.
  const own = koffi.load(null);
  const receive = own.func("int recvmmsg(int descriptor, void *messages, unsigned int count, int flags, void *timeout)");
  const send = own.func("int sendmmsg(int descriptor, void *messages, unsigned int count, int flags)");
  const control = own.func("int fcntl(int descriptor, int command, ...)");
  const close = own.func("int close(int descriptor)");
  const outcome = (count: number): number => (count < 0 ? -koffi.errno() : count);
  return {
    outcome,
    addressOf: (memory) => koffi.address(memory),
    receiveMany: (descriptor, messages, count) => outcome(receive(descriptor, messages, count, DO_NOT_WAIT, null) as number),
    sendMany: (descriptor, messages, count) => outcome(send(descriptor, messages, count, DO_NOT_WAIT) as number),
    copyDescriptor: (descriptor) => outcome(control(descriptor, COPY_DESCRIPTOR, "int", DESCRIPTOR_LEAST) as number),
    closeDescriptor: (descriptor) => void close(descriptor),
    watch: (descriptor, wake) => koffi.node.poll(descriptor, { readable: true }, wake),
  };
}
