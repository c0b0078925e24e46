/**
 * The tracker's numbers for Prometheus, and those of the process beside them.
 * @module
 */

import type { TrackerSnapshot } from "@bittern/tracker";
import type * as Prometheus from "prom-client";
import type { SharedStatus } from "../shared-status.ts";
import type { SiteAnswer } from "./answer.ts";
import { text } from "./answer.ts";

type Library = typeof Prometheus;

const PREFIX = "bittern_tracker_";

/** One number, or one for each value of a label. */
type Reading = number | { readonly label: string; readonly values: Readonly<Record<string, number>> };

export class Metrics {
  #library: Library | undefined;
  #process: InstanceType<Library["Registry"]> | undefined;

  async answer(snapshot: TrackerSnapshot, sharing: SharedStatus): Promise<SiteAnswer> {
    // Loaded when it is asked for: most trackers are never measured.
    this.#library ??= await import("prom-client");
    const { Registry, collectDefaultMetrics } = this.#library;
    if (this.#process === undefined) {
      this.#process = new Registry();
      collectDefaultMetrics({ register: this.#process });
    }
    const own = new Registry();
    this.#fill(own, snapshot, sharing);
    const body = `${await own.metrics()}${await this.#process.metrics()}`;
    return text(200, own.contentType, body);
  }

  #fill(registry: InstanceType<Library["Registry"]>, snapshot: TrackerSnapshot, sharing: SharedStatus): void {
    const { counts, journal, natCheck, peers } = snapshot;
    const gauge = (name: string, help: string, reading: Reading): void => this.#put(registry, "Gauge", name, help, reading);
    const counter = (name: string, help: string, reading: Reading): void => this.#put(registry, "Counter", name, help, reading);
    gauge("torrents", "Torrents known now", snapshot.torrents);
    gauge("peers", "Peers known now that come by TCP or uTP, by address family; with `websocket_peers` they are all", {
      label: "family",
      values: { ipv4: peers.ipv4, ipv6: peers.ipv6 },
    });
    gauge(
      "websocket_peers",
      "Peers known now that come over a WebSocket, seeds among them; with a store those of all its trackers",
      snapshot.webSocketPeers,
    );
    gauge("websocket_seeds", "Those of them that have everything", snapshot.webSocketSeeds);
    gauge("seeds", "Peers that have everything, whichever way they come", snapshot.seeds);
    gauge("partial_seeds", "Peers that want nothing more and have not everything, whichever way they come", snapshot.partialSeeds);
    gauge("downloaders", "Peers that download, whichever way they come", snapshot.downloaders);
    gauge("http_connections", "HTTP connections open now", snapshot.links);
    gauge("interval_seconds", "Seconds between two announces as given out now", snapshot.intervalSeconds);
    gauge("table_bytes", "Bytes of the tables of swarms", snapshot.tableBytes);
    gauge("uptime_seconds", "Seconds since the start", snapshot.uptimeSeconds);
    gauge("journal_bytes", "Bytes of the journal", journal.byteLength);
    gauge("journal_failing", "1 while the journal cannot be written", journal.state === "failing" ? 1 : 0);
    if (sharing.state !== "off") {
      gauge("store_up", "1 while the shared store answers", sharing.state === "up" ? 1 : 0);
      gauge("store_waiting_bytes", "Bytes that wait for the shared store", sharing.waitingLength);
      counter("store_messages_total", "Messages of the shared store", {
        label: "direction",
        values: { sent: sharing.sent, received: sharing.received },
      });
    }
    counter("completed_total", "Completed downloads reported", snapshot.completed);
    counter("shed_total", "Peers and torrents that had to go because a maximum was reached", snapshot.shed);
    counter("announces_total", "Announces answered, by transport", { label: "transport", values: counts.announces });
    counter("announce_events_total", "Announces answered, by event", { label: "event", values: counts.announcesByEvent });
    counter("announce_families_total", "Announces answered, by address family", { label: "family", values: counts.announcesByFamily });
    counter("scrapes_total", "Scrapes answered, by transport", { label: "transport", values: counts.scrapes });
    counter("connects_total", "UDP connects answered", counts.connects);
    counter("failures_total", "Requests refused, by reason", { label: "code", values: counts.failures });
    counter("malformed_total", "Requests and datagrams that made no sense", counts.malformed);
    counter("unverified_total", "Datagrams without a connection id of ours", counts.unverified);
    counter("http_connections_total", "HTTP connections accepted", counts.linksOpened);
    counter("http_connections_closed_total", "HTTP connections we had to close, by reason", {
      label: "reason",
      values: { slow: counts.linksTimedOut, crowded: counts.linksShed },
    });
    counter("nat_dials_total", "Peers dialled back", natCheck.dials);
    counter("nat_reached_total", "Peers that answered when dialled back", natCheck.reached);
    counter("journal_faults_total", "Times the journal could not be written", journal.faults);
  }

  #put(registry: InstanceType<Library["Registry"]>, kind: "Gauge" | "Counter", name: string, help: string, reading: Reading): void {
    const library = this.#library as Library;
    const labelNames = typeof reading === "number" ? [] : [reading.label];
    const options = { name: PREFIX + name, help, labelNames, registers: [registry] };
    const metric = kind === "Gauge" ? new library.Gauge(options) : new library.Counter(options);
    if (typeof reading === "number") metric.inc(reading);
    else for (const [value, number] of Object.entries(reading.values)) metric.inc({ [reading.label]: value }, number);
  }
}
