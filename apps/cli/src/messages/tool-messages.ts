/**
 * What the commands say that look at this machine or show what Bittern can do: `doctor`, `demo`, `simulate`.
 * @module
 */
import type { CurveWords, ReportWords } from "@bittern/simulator";

/** What was found, and what to do; empty where nothing has to be done. */
export interface Said {
  readonly finding: string;
  readonly advice: string;
}

export type CheckName = "port" | "addresses" | "open files" | "folder" | "state folder" | "tcp window" | "memory" | "datagrams" | "tracker";

export interface DoctorMessages {
  readonly levels: Readonly<Record<"good" | "warning" | "problem", string>>;
  readonly checks: Readonly<Record<CheckName, string>>;
  readonly port: {
    readonly taken: (wanted: string) => Said;
    readonly both: (port: number) => string;
    readonly only: (port: number, has: string, lacks: string) => Said;
  };
  readonly addresses: {
    readonly none: Said;
    readonly everywhere: (addresses: string) => string;
    readonly onlyIpv6: (global: string, local: string) => Said;
    readonly behind: (local: string) => Said;
  };
  readonly openFiles: {
    readonly unlimited: string;
    readonly enough: (limit: number) => string;
    readonly few: (limit: number, wanted: number, needed: number) => Said;
  };
  readonly folder: {
    readonly chooseAnother: string;
    readonly full: (free: string) => Said;
    readonly slow: (millis: number) => Said;
    readonly foldsCase: Said;
    readonly notSparse: Said;
    /** `free` is undefined where the system does not tell. */
    readonly writable: (path: string, free: string | undefined) => string;
  };
  readonly window: {
    readonly unknown: string;
    readonly enough: (size: string) => string;
    readonly small: (size: string) => Said;
  };
  readonly memory: { readonly available: (size: string) => string; readonly closeSomething: string };
  readonly datagrams: { readonly batched: string; readonly single: string };
  readonly tracker: { readonly answers: (url: string) => string; readonly look: string };
}

export interface DemoMessages {
  /** What stands before the lines, at most ten columns wide. */
  readonly labels: Readonly<Record<"folder" | "torrent" | "tracker" | "seeder" | "get" | "traffic" | "compared" | "done", string>>;
  readonly cast: (version: string) => string;
  readonly folder: (name: string, files: number, realFiles: number, size: string) => string;
  readonly torrent: (version: string, pieces: number, infoHash: string, seconds: string) => string;
  readonly port: (port: number) => string;
  readonly complete: (size: string, seconds: string, rate: string) => string;
  readonly compared: (files: number) => string;
  readonly done: (seconds: string) => string;
  readonly kept: (folder: string) => string;
}

export interface SimulateMessages {
  readonly default: (value: number) => string;
  /** What a scenario and an option are for; the English words are the simulator's own. */
  readonly scenario: (name: string, english: string) => string;
  readonly option: (name: string, english: string) => string;
  /** Undefined: the simulator's own words. To read it for them would make every start slower. */
  readonly report: ReportWords | undefined;
  readonly curve: CurveWords | undefined;
  /** Below the title of the curve. */
  readonly curveOf: (size: string, seedRate: string, rate: string) => string;
}

/** The remarks in the configuration that `web-config` prints for web servers. `modules` is a command that has to be run first. */
export interface ServerConfigMessages {
  readonly nginxInside: string;
  readonly nginxSite: string;
  readonly apacheInside: (modules: string | undefined) => string;
  readonly apacheSite: (modules: string | undefined, port: number) => string;
  readonly whyType: string;
  readonly whyForwarded: string;
  readonly whyNoLog: string;
  readonly trackerAt: (place: string) => string;
}
