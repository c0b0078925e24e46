/**
 * The real world: everything an engine may ask, answered by Node.
 * @module
 */
import type { Clock, Dns, Host, Http, Records, Storage, Tcp, Udp } from "@bittern/host";
import type { Random } from "@bittern/protocol/base";
import { carrierUrl } from "./carrier/carrier-url.ts";
import { Carriers } from "./carrier/carriers.ts";
import { NodeClock } from "./clock.ts";
import { NodeHttp } from "./http/http.ts";
import type { WebSocketEvent, WebSocketLink, WebSocketRequest } from "./http/web-socket.ts";
import { NodeDns } from "./net/dns.ts";
import { Interface } from "./net/interface.ts";
import { NodeTcp } from "./net/tcp.ts";
import type { TlsIdentity } from "./net/tls-identity.ts";
import { NodeUdp } from "./net/udp.ts";
import { NodeRandom } from "./random.ts";
import { FileRecords, MemoryRecords } from "./records.ts";
import { NodeStorage } from "./storage/storage.ts";
import { workerUrl } from "./storage/worker-url.ts";

export interface NodeHostOptions {
  /** Folder for records and parts files; without it records live in memory only. */
  readonly stateDir?: string;
  /** Network interface ("tun0") or local address to keep to. */
  readonly interface?: string;
  /** Threads that hash and write; 1 when absent. More help only where several torrents load at once from a very fast network. */
  readonly ioWorkers?: number;
  /** Threads that verify; as many as the machine runs at once when absent. */
  readonly hashWorkers?: number;
  /** The compiled worker, where it is not found by itself. */
  readonly workerUrl?: URL;
  /**
   * Processes that take brief connections too, so that more cores do it; none when absent. With any, a thread sends the datagrams of
   * busy doors; where many cannot be sent at once, these processes take datagrams instead.
   */
  readonly carriers?: number;
  /**
   * False: at busy doors too a datagram comes and goes in a call of its own, brief connections are Node's as well, and nothing native is
   * loaded; true when absent.
   */
  readonly native?: boolean;
  /** Hears that one of them ended that should not have; it is replaced. */
  readonly onCarrierEnd?: (message: string) => void;
}

export interface NodeHost extends Host {
  /** TCP whose accepted links are TLS. */
  secureTcp(identity: TlsIdentity): Tcp;
  /**
   * Opens a WebSocket; `hear` learns of everything that comes of it, of its end last and once, unless `close` was called before. What
   * it takes is loaded here, so no start waits for that.
   */
  openWebSocket(request: WebSocketRequest, hear: (event: WebSocketEvent) => void): Promise<WebSocketLink>;
  /** Resolves when all carriers are there, at once where there are none; rejects when one cannot be. */
  ready(): Promise<void>;
  /** A store will be opened soon, and perhaps verified: threads begin while the program does other things. */
  prepareStorage(options?: { readonly willVerify?: boolean }): void;
  /** Ends all sockets, waits for what is being written, ends the threads. */
  close(): Promise<void>;
}

export function createNodeHost(options: NodeHostOptions = {}): NodeHost {
  return new RealHost(options);
}

class RealHost implements NodeHost {
  readonly clock: Clock = new NodeClock();
  readonly random: Random = new NodeRandom();
  readonly dns: Dns = new NodeDns();
  readonly http: Http;
  readonly records: Records;
  readonly tcp: Tcp;
  readonly udp: Udp;
  readonly storage: Storage;
  readonly #storage: NodeStorage;
  readonly #endings: (() => Promise<void> | void)[];
  readonly #interface: Interface;
  readonly #carriers: Carriers | undefined;

  constructor(options: NodeHostOptions) {
    const chosen = new Interface(options.interface);
    this.#interface = chosen;
    const { carriers: count = 0, onCarrierEnd = () => undefined } = options;
    this.#carriers = count > 0 ? new Carriers({ count, url: carrierUrl(), onFault: onCarrierEnd }) : undefined;
    const tcp = new NodeTcp(chosen, { sharer: this.#carriers, polls: options.native });
    const udp = new NodeUdp(chosen, { sharer: this.#carriers, batches: options.native, hasSendingThread: count > 0 });
    const http = new NodeHttp(chosen, this.dns);
    const records = options.stateDir === undefined ? new MemoryRecords() : new FileRecords(options.stateDir);
    const storage = new NodeStorage({
      stateDir: options.stateDir,
      ioWorkers: options.ioWorkers,
      hashWorkers: options.hashWorkers,
      workerUrl: options.workerUrl ?? workerUrl(),
    });
    this.tcp = tcp;
    this.udp = udp;
    this.http = http;
    this.records = records;
    this.storage = storage;
    this.#storage = storage;
    this.#endings = [() => tcp.close(), () => udp.close(), () => http.close(), () => records.close(), () => storage.close()];
  }

  prepareStorage(options?: { readonly willVerify?: boolean }): void {
    this.#storage.prepare(options);
  }

  secureTcp(identity: TlsIdentity): Tcp {
    const tcp = new NodeTcp(this.#interface, { secure: identity, sharer: this.#carriers });
    this.#endings.push(() => tcp.close());
    return tcp;
  }

  async openWebSocket(request: WebSocketRequest, hear: (event: WebSocketEvent) => void): Promise<WebSocketLink> {
    const { NodeWebSocket } = await import("./http/web-socket.ts");
    const socket = new NodeWebSocket(request, { dns: this.dns, chosen: this.#interface }, hear);
    this.#endings.push(() => socket.close());
    socket.open();
    return socket;
  }

  async ready(): Promise<void> {
    await this.#carriers?.ready();
  }

  async close(): Promise<void> {
    await Promise.all(this.#endings.map(async (end) => await end()));
    await this.#carriers?.close();
  }
}
