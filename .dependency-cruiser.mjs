/**
 * The arrows between rooms, as a table. Each line is a room and what it may see; `import type` counts.
 * A rule that is broken here is broken in the design: move the code to the room that may see what it needs.
 * @module
 */

/** Room -> rooms it may see (besides itself). Left of the street first. */
const ROOMS = {
  "packages/protocol": [],
  "packages/host": ["packages/protocol"],
  "packages/engine": ["packages/protocol", "packages/host"],
  "packages/tracker": ["packages/protocol", "packages/host"],
  "packages/simulator": ["packages/protocol", "packages/host", "packages/engine", "packages/tracker"],
  "packages/node": ["packages/protocol", "packages/host"],
  "packages/contract": ["packages/protocol"],
  "packages/faces": ["packages/protocol", "packages/contract"],
  "packages/client": ["packages/protocol", "packages/host", "packages/engine", "packages/tracker", "packages/node", "packages/contract"],
  "apps/daemon": [
    "packages/protocol",
    "packages/host",
    "packages/engine",
    "packages/tracker",
    "packages/node",
    "packages/client",
    "packages/contract",
  ],
  "apps/web": ["packages/contract", "packages/faces"],
  "apps/tui": ["packages/protocol", "packages/client", "packages/contract", "packages/faces"],
  "apps/cli": [
    "packages/protocol",
    "packages/host",
    "packages/engine",
    "packages/tracker",
    "packages/simulator",
    "packages/node",
    "packages/client",
    "packages/contract",
    "packages/faces",
    "apps/daemon",
    "apps/tui",
  ],
};

/** Rooms that know neither Node nor npm; `contract` alone takes its schema library. */
const PURE = ["protocol", "host", "engine", "tracker", "simulator", "contract", "faces"];
const PURE_PACKAGES = "(^|/)node_modules/zod/";

const BYTES = ["base", "crypto", "bencode", "address"];
const RECORDS = [...BYTES, "merkle", "metainfo", "magnet"];
/** Corner of `protocol` -> corners it may see. The conversations do not know each other, but `extension` speaks inside `peer`. */
const CORNERS = {
  base: [],
  fuzz: ["base"],
  crypto: ["base"],
  bencode: ["base"],
  address: ["base", "crypto"],
  merkle: BYTES,
  metainfo: [...BYTES, "merkle"],
  magnet: [...BYTES, "merkle", "metainfo"],
  peer: RECORDS,
  extension: [...RECORDS, "peer"],
  mse: RECORDS,
  utp: RECORDS,
  dht: RECORDS,
  tracker: RECORDS,
  websocket: RECORDS,
  lsd: RECORDS,
  webseed: RECORDS,
  "port-mapping": RECORDS,
};

/** Part of a torrent in `engine` -> parts it may see. What puts them together lies around them, and none of them knows it. */
const TORRENT_PARTS = { content: [], metadata: ["content"], discovery: [], download: ["content"], upload: ["content"] };

const oneOf = (names) => (names.length === 1 ? names[0] : `(${names.join("|")})`);

const roomRules = Object.entries(ROOMS).map(([room, seen]) => ({
  name: `room-${room.split("/")[1]}`,
  comment: seen.length > 0 ? `${room} sees only ${seen.join(", ")}` : `${room} sees no other room`,
  severity: "error",
  from: { path: `^${room}/` },
  to: { path: "^(packages|apps)/", pathNot: `^${oneOf([room, ...seen])}/` },
}));

const cornerRules = Object.entries(CORNERS).map(([corner, seen]) => ({
  name: `corner-${corner}`,
  comment: `protocol/${corner} sees ${seen.length > 0 ? seen.join(", ") : "no other corner"}`,
  severity: "error",
  from: { path: `^packages/protocol/src/${corner}/` },
  to: { path: "^packages/protocol/src/", pathNot: `^packages/protocol/src/${oneOf([corner, "fuzz", ...seen])}/` },
}));

const torrentRules = Object.entries(TORRENT_PARTS).map(([part, seen]) => ({
  name: `torrent-${part}`,
  comment: `engine/torrent/${part} sees ${seen.length > 0 ? seen.join(", ") : "no other part"}, and nothing that puts parts together`,
  severity: "error",
  from: { path: `^packages/engine/src/torrent/${part}/`, pathNot: "\\.test\\.ts$" },
  to: { path: "^packages/engine/src/torrent/", pathNot: `^packages/engine/src/torrent/${oneOf([part, ...seen])}/` },
}));

const PURE_SOURCE = { path: `^packages/${oneOf(PURE)}/src/`, pathNot: ["\\.(test|bench)\\.ts$", "^packages/host/src/conformance/"] };

export default {
  forbidden: [
    ...roomRules,
    ...cornerRules,
    ...torrentRules,
    {
      name: "corner-unknown",
      comment: "A new corner of protocol needs its line in the table of .dependency-cruiser.mjs",
      severity: "error",
      from: { path: "^packages/protocol/src/[^/]+/", pathNot: `^packages/protocol/src/${oneOf(Object.keys(CORNERS))}/` },
      to: {},
    },
    {
      name: "corner-fuzz-is-for-tests",
      comment: "protocol/fuzz makes damaged bytes for tests; nothing that runs in production sees it",
      severity: "error",
      from: { pathNot: ["\\.(test|bench)\\.tsx?$", "^packages/protocol/src/fuzz/"] },
      to: { path: "^packages/protocol/src/fuzz/" },
    },
    {
      name: "pure-no-node",
      comment: "A pure room knows no Node: what it needs from the world is a question to its host",
      severity: "error",
      from: PURE_SOURCE,
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "pure-no-npm",
      comment: "A pure room has no runtime dependency",
      severity: "error",
      from: PURE_SOURCE,
      to: { path: "(^|/)node_modules/", pathNot: PURE_PACKAGES },
    },
    {
      name: "cli-loads-faces-late",
      comment: "`bittern get` must not load the daemon or the terminal face: import them dynamically",
      severity: "error",
      from: { path: "^apps/cli/" },
      to: { path: "^apps/(daemon|tui)/", dynamic: false },
    },
    { name: "no-cycle", comment: "Types count too", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unknown", comment: "An import that leads nowhere", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "not-to-test",
      comment: "Sources do not import tests",
      severity: "error",
      from: { pathNot: "\\.(test|bench)\\.tsx?$" },
      to: { path: "\\.(test|bench)\\.tsx?$" },
    },
  ],
  options: {
    doNotFollow: { path: "(^|/)(node_modules|dist|build)/" },
    exclude: { path: "(^|/)(dist|build)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    moduleSystems: ["es6"],
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@bittern/source", "import", "node", "types", "default"],
      mainFields: ["module", "main", "types"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json", ".d.ts"],
    },
    skipAnalysisNotInRules: true,
    cache: { folder: "node_modules/.cache/dependency-cruiser", strategy: "content" },
  },
};
