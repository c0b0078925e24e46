/**
 * The second of the two contracts: what a run loop may ask of the world.
 * @module
 */
import type { Random } from "@bittern/protocol/base";
import type { Clock } from "./clock.ts";
import type { Dns } from "./dns.ts";
import type { Http } from "./http.ts";
import type { Records } from "./records.ts";
import type { Storage } from "./storage.ts";
import type { Tcp } from "./tcp.ts";
import type { Udp } from "./udp.ts";

export interface Host {
  readonly clock: Clock;
  readonly random: Random;
  readonly tcp: Tcp;
  readonly udp: Udp;
  readonly dns: Dns;
  readonly http: Http;
  readonly storage: Storage;
  readonly records: Records;
}
