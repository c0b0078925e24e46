/**
 * Links to peers that are dialled back, as the machine numbers them.
 * @module
 */
import type { Tcp, TcpHandler, TcpLink } from "@bittern/host";
import type { TrackerInput } from "./input.ts";
import type { TrackerOutput } from "./output.ts";

/** Milliseconds until a peer that is dialled back counts as not there; the machine waits a little longer. */
const DIAL_MILLIS = 10_000;

export class Dials {
  readonly #tcp: Tcp;
  readonly #take: (input: TrackerInput) => void;
  readonly #links: Map<number, TcpLink> = new Map();

  constructor(tcp: Tcp, take: (input: TrackerInput) => void) {
    this.#tcp = tcp;
    this.#take = take;
  }

  perform(output: TrackerOutput & { readonly dial: number }): void {
    const { dial } = output;
    if (output.type === "dial") {
      const handler: TcpHandler = {
        connected: () => this.#take({ type: "dialled", dial }),
        bytes: (_link, bytes) => this.#take({ type: "dial-bytes", dial, bytes }),
        drained: () => undefined,
        closed: () => {
          if (this.#links.delete(dial)) this.#take({ type: "dial-ended", dial });
        },
      };
      this.#links.set(dial, this.#tcp.connect(output.to, { timeoutMillis: DIAL_MILLIS }, handler));
      return;
    }
    const link = this.#links.get(dial);
    if (output.type === "dial-send") link?.write(output.bytes);
    else if (this.#links.delete(dial)) link?.close();
  }

  close(): void {
    const links = [...this.#links.values()];
    this.#links.clear();
    for (const link of links) link.close();
  }
}
