/**
 * What `doctor`, `demo` and `simulate` say, in English.
 * @module
 */
import { count } from "@bittern/faces";
import type { DemoMessages, DoctorMessages, ServerConfigMessages, SimulateMessages } from "./tool-messages.ts";

export const ENGLISH_DOCTOR: DoctorMessages = {
  levels: { good: "good", warning: "warning", problem: "PROBLEM" },
  checks: {
    port: "port",
    addresses: "addresses",
    "open files": "open files",
    folder: "folder",
    "state folder": "state folder",
    "tcp window": "tcp window",
    memory: "memory",
    datagrams: "datagrams",
    tracker: "tracker",
  },
  port: {
    taken: (wanted) => ({ finding: `no port of ${wanted} is free`, advice: "end what uses them, or choose others with --port" }),
    both: (port) => `port ${port} can be listened on by IPv4 and IPv6`,
    only: (port, has, lacks) => ({
      finding: `port ${port} can be listened on by ${has} only`,
      advice: `peers that have only ${lacks} cannot reach us; give the machine an ${lacks} address`,
    }),
  },
  addresses: {
    none: { finding: "this machine has no address in any network", advice: "connect it to a network" },
    everywhere: (addresses) => `public: ${addresses}; others get through unless a firewall stands before it`,
    onlyIpv6: (global, local) => ({
      finding: `public by IPv6: ${global}; for IPv4 behind a router (${local})`,
      advice: "forward the port in the router, so that peers with IPv4 reach us too",
    }),
    behind: (local) => ({
      finding: `behind a router (${local})`,
      advice: "forward the port in the router: without it only peers that we dial can send to us, and two such machines never meet",
    }),
  },
  openFiles: {
    unlimited: "not limited",
    enough: (limit) => `${limit} may be open at once`,
    few: (limit, wanted, needed) => ({
      finding: `only ${limit} files and connections may be open at once`,
      advice: `raise it with \`ulimit -n ${wanted}\`: 500 peers and 128 files need about ${needed}`,
    }),
  },
  folder: {
    chooseAnother: "choose another folder, or make this one writable",
    full: (free) => ({ finding: `${free} are free`, advice: "make room: a full disk pauses a download" }),
    slow: (millis) => ({
      finding: `making a mebibyte durable takes ${millis} ms`,
      advice: "a disk this slow sets the pace of every download; use another one",
    }),
    foldsCase: {
      finding: "names that differ in case only are the same file",
      advice: "torrents with such names are renamed there",
    },
    notSparse: {
      finding: "files take their whole length at once",
      advice: "there must be room for all of a torrent from the start",
    },
    writable: (path, free) => `${path} can be written${free === undefined ? "" : `, ${free} are free`}`,
  },
  window: {
    unknown: "left to the system",
    enough: (size) => `grows to ${size}`,
    small: (size) => ({
      finding: `ends at ${size}`,
      advice: "a peer far away is held to that much a round trip; raise net.ipv4.tcp_rmem",
    }),
  },
  memory: {
    available: (size) => `${size} for us and others`,
    closeSomething: "piece buffers alone take up to 64 MiB; close something else",
  },
  datagrams: {
    batched: "a tracker here takes and sends many in one system call",
    single: "a tracker here makes two system calls for each; many at once need Linux on x64 or arm64 and the package koffi",
  },
  tracker: { answers: (url) => `${url} answers`, look: "look whether its name, its port and your firewall are right" },
};

export const ENGLISH_DEMO: DemoMessages = {
  labels: {
    folder: "folder",
    torrent: "torrent",
    tracker: "tracker",
    seeder: "seeder",
    get: "get",
    traffic: "traffic",
    compared: "compared",
    done: "done",
  },
  cast: (version) => `${version}: one tracker, one seeder, two downloaders, each a process of its own on 127.0.0.1`,
  folder: (name, files, realFiles, size) => `"${name}": ${count(files, "file")} (${realFiles} real ones), ${size}`,
  torrent: (version, pieces, infoHash, seconds) => `${version}, ${pieces} pieces, ${infoHash}, hashed in ${seconds} s`,
  port: (port) => `port ${port}`,
  complete: (size, seconds, rate) => `complete: ${size} in ${seconds} s, ${rate}`,
  compared: (files) => `SHA-256 of all ${files} files at A and at B: every byte is the same`,
  done: (seconds) => `in ${seconds} s`,
  kept: (folder) => `everything is left in ${folder}`,
};

export const ENGLISH_SIMULATE: SimulateMessages = {
  default: (value) => `(default: ${value})`,
  scenario: (_name, english) => english,
  option: (_name, english) => english,
  report: undefined,
  curve: undefined,
  curveOf: (size, seedRate, rate) => `${size} from one seed of ${seedRate}, downloaders send ${rate} each`,
};

const afterModules = (modules: string | undefined): string => (modules === undefined ? "" : `\`${modules}\`, then `);

export const ENGLISH_WEB_CONFIG: ServerConfigMessages = {
  nginxInside: "put this into a `server { }`, then `nginx -t` and reload.",
  nginxSite: "put this into conf.d or sites-enabled, then `nginx -t` and reload.",
  apacheInside: (modules) => `put this into conf-enabled or a <VirtualHost>, then ${afterModules(modules)}\`apachectl -t\` and restart.`,
  apacheSite: (modules, port) =>
    `put this into sites-enabled, then ${afterModules(modules)}\`apachectl -t\` and restart. Port ${port} needs its own \`Listen\`.`,
  whyType: "Without its type a browser shows a torrent as text instead of handing it to the client.",
  whyForwarded: "It must hear who asks, and only from us: what a client claims is replaced.",
  whyNoLog: "A line for every peer every half hour would be most of the log.",
  trackerAt: (place) => `The tracker at ${place}`,
};
