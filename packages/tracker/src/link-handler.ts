/**
 * The host's events of one link, with its number.
 * @module
 */
import type { TcpHandler, TcpLink } from "@bittern/host";
import type { LinkId, TrackerInput } from "./input.ts";
import type { LinkTable } from "./link-table.ts";

export class LinkHandler implements TcpHandler {
  readonly #id: LinkId;
  readonly #take: (input: TrackerInput) => void;
  readonly #links: LinkTable<TcpLink>;

  constructor(id: LinkId, take: (input: TrackerInput) => void, links: LinkTable<TcpLink>) {
    this.#id = id;
    this.#take = take;
    this.#links = links;
  }

  connected(): void {}

  bytes(_link: TcpLink, bytes: Uint8Array): void {
    this.#take({ type: "bytes", link: this.#id, bytes });
  }

  drained(): void {
    this.#take({ type: "drained", link: this.#id });
  }

  closed(): void {
    if (!this.#links.delete(this.#id)) return;
    this.#take({ type: "unlinked", link: this.#id });
  }
}
