/**
 * The management of a running tracker over HTTP, for whoever has its token.
 *
 *     GET    /api/stats                      numbers; ?history=1 adds the samples
 *     GET    /api/torrents?from=&count=      swarms, in no order but a lasting one; `next` says where to go on
 *     GET    /api/torrents/HASH              one of them
 *     PUT    /api/torrents/HASH              puts it on the list; {"secret": WORD} asks for a word in its announce URL
 *     DELETE /api/torrents/HASH              takes it off the list, forgets its secret and its peers
 *     GET    /api/users                      pass keys, what each gave and took, and the ratio
 *     PUT    /api/users/KEY                  lets a user in; {"uploaded", "downloaded"} sets totals
 *     DELETE /api/users/KEY
 *     GET    /api/addresses                  the networks that are allowed, all where there are none, and those that are denied
 *     PUT    /api/addresses                  {"allowed": [...], "denied": [...]} networks
 *     POST   /api/reload                     looks at the files now: lists, folder of torrents, certificate; 409 says what is wrong with one
 *
 * On a deny-list are the torrents that are turned away, so PUT turns one away and forgets its peers, and DELETE lets it in again. Without a
 * list PUT can only set a secret, and DELETE takes that back and forgets the peers: 409 where there is nothing of the kind to do.
 *
 * The token comes as `Authorization: Bearer`, never in a cookie or a URL, so that no page of somebody else's can use it.
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { fromHex, UsageError } from "@bittern/protocol/base";
import type { AccountSummary, OtherRequest, TrackerCommand, TrackerRun } from "@bittern/tracker";
import { json, type SiteAnswer } from "./answer.ts";
import type { SiteParts } from "./parts.ts";
import { TokenGuesses } from "./token-guesses.ts";

/** Torrents of one answer. */
const COUNT_DEFAULT = 100;
const COUNT_MAX = 1000;

type Handle = (request: OtherRequest, name: string) => SiteAnswer | Promise<SiteAnswer>;
const METHODS = ["GET", "PUT", "POST", "DELETE"];

export class Api {
  readonly #run: () => TrackerRun;
  readonly #torrentPolicy: SiteParts["torrentPolicy"];
  readonly #token: Uint8Array;
  readonly #routes: ReadonlyMap<string, Handle>;
  readonly #guesses = new TokenGuesses();

  constructor({ run, torrentPolicy, reload }: Pick<SiteParts, "run" | "torrentPolicy" | "reload">, token: string) {
    this.#run = run;
    this.#torrentPolicy = torrentPolicy;
    this.#token = digest(token);
    this.#routes = new Map<string, Handle>([
      ["GET stats", (request) => this.#stats(request)],
      ["GET torrents", (request) => this.#torrents(request)],
      ["GET torrents/", (_, hash) => this.#torrent(hash)],
      ["PUT torrents/", (request, hash) => this.#list(request, hash)],
      ["DELETE torrents/", (_, hash) => this.#unlist(hash)],
      ["GET users", () => json(200, { users: this.#run().ask.users().map(withRatio) })],
      ["PUT users/", (request, passKey) => this.#setUser(request, passKey)],
      ["DELETE users/", (_, passKey) => this.#tell({ type: "remove-user", passKey, lasts: true })],
      ["GET addresses", () => json(200, this.#run().ask.networks())],
      ["PUT addresses", (request) => this.#setAddresses(request)],
      ["POST reload", () => reload().then((faults) => (faults.length === 0 ? DONE : failure(409, "FILE_WRONG", faults.join("; "))))],
    ]);
  }

  /** `undefined` for a path that is not the API's. */
  answer(request: OtherRequest): SiteAnswer | Promise<SiteAnswer> | undefined {
    const [, collection, name] = /^\/api\/([a-z]+)(?:\/([\w-]+))?$/.exec(request.path) ?? [];
    if (collection === undefined) return request.path.startsWith("/api/") ? failure(404, "NOT_FOUND", "there is nothing here") : undefined;
    const refusal = this.#judge(request);
    if (refusal !== undefined) return refusal;
    const place = name === undefined ? collection : `${collection}/`;
    const handle = this.#routes.get(`${request.method === "HEAD" ? "GET" : request.method} ${place}`);
    if (handle === undefined) {
      const methods = METHODS.filter((method) => this.#routes.has(`${method} ${place}`));
      if (methods.length === 0) return failure(404, "NOT_FOUND", "there is nothing here");
      return failure(405, "METHOD", `only ${methods.join(" and ")} here`, { Allow: methods.join(", ") });
    }
    try {
      return handle(request, name ?? "");
    } catch (error) {
      if (error instanceof UsageError) return failure(400, error.code, error.message);
      throw error;
    }
  }

  #judge(request: OtherRequest): SiteAnswer | undefined {
    const now = performance.now();
    const waitSeconds = Math.ceil(this.#guesses.waitMillis(request.address, now) / 1000);
    if (waitSeconds > 0) return failure(429, "TOO_OFTEN", "too many wrong tokens", { "Retry-After": String(waitSeconds) });
    const given = /^Bearer (\S{1,1000})$/.exec(request.headers.get("authorization") ?? "")?.[1];
    if (given !== undefined && timingSafeEqual(digest(given), this.#token)) {
      this.#guesses.noteRight(request.address);
      return undefined;
    }
    if (given !== undefined) this.#guesses.noteWrong(request.address, now);
    return failure(401, "TOKEN", "a valid token is needed: Authorization: Bearer TOKEN", { "WWW-Authenticate": "Bearer" });
  }

  #stats(request: OtherRequest): SiteAnswer {
    const run = this.#run();
    const { fine, coarse } = run.ask.history();
    const history = new URLSearchParams(request.query).has("history") ? { history: { fine, coarse } } : {};
    return json(200, { ...run.snapshot(), ...history });
  }

  #torrents(request: OtherRequest): SiteAnswer {
    const parameters = new URLSearchParams(request.query);
    const from = numberOf(parameters, "from", 0);
    return json(200, this.#run().ask.torrents(from, Math.min(COUNT_MAX, numberOf(parameters, "count", COUNT_DEFAULT))));
  }

  #torrent(hash: string): SiteAnswer {
    const summary = this.#run().ask.torrent(hashOf(hash));
    return summary === undefined ? failure(404, "NOT_FOUND", "nobody announced this torrent") : json(200, summary);
  }

  #list(request: OtherRequest, hash: string): SiteAnswer {
    const infoHash = hashOf(hash);
    const { secret } = bodyOf(request);
    if (secret !== undefined && secret !== null && typeof secret !== "string")
      throw new UsageError("SECRET_WRONG", "a secret is a word, or null for none");
    if (this.#torrentPolicy === "open" && secret === undefined) return failure(409, "NO_LIST", NO_LIST);
    const isDenied = this.#torrentPolicy === "deny-list";
    if (isDenied && typeof secret === "string")
      return failure(409, "SECRET_DENIED", "a torrent on the deny-list lets nobody in, with no secret");
    const run = this.#run();
    if (secret !== undefined) run.command({ type: "set-secret", infoHash, secret: secret ?? undefined, lasts: true });
    run.command({ type: "list-torrents", infoHashes: [infoHash], lasts: true });
    return isDenied ? this.#tell({ type: "forget-torrent", infoHash }) : DONE;
  }

  #unlist(hash: string): SiteAnswer {
    const infoHash = hashOf(hash);
    const run = this.#run();
    const isKnown = run.ask.torrent(infoHash) !== undefined || run.ask.hasSecret(infoHash);
    if (this.#torrentPolicy === "open" && !isKnown) return failure(409, "NO_LIST", NO_LIST);
    run.command({ type: "unlist-torrents", infoHashes: [infoHash], lasts: true });
    run.command({ type: "set-secret", infoHash, secret: undefined, lasts: true });
    return this.#tell({ type: "forget-torrent", infoHash });
  }

  #setUser(request: OtherRequest, passKey: string): SiteAnswer {
    const { uploaded, downloaded } = bodyOf(request);
    return this.#tell({
      type: "set-user",
      passKey,
      lasts: true,
      ...(uploaded === undefined ? {} : { uploaded: bytesOf(uploaded) }),
      ...(downloaded === undefined ? {} : { downloaded: bytesOf(downloaded) }),
    });
  }

  #setAddresses(request: OtherRequest): SiteAnswer {
    const { allowed, denied } = bodyOf(request);
    return this.#tell({ type: "set-addresses", allowed: wordsOf(allowed), denied: wordsOf(denied), lasts: true });
  }

  #tell(command: TrackerCommand): SiteAnswer {
    this.#run().command(command);
    return DONE;
  }
}

const DONE: SiteAnswer = { status: 204, headers: { "Cache-Control": "no-store" }, body: new Uint8Array(0) };

const NO_LIST = "this tracker has no list of torrents and takes any; start it with an allow-list or a deny-list to manage one";

function withRatio(user: AccountSummary): AccountSummary & { readonly ratio: number | null } {
  return { ...user, ratio: user.downloaded > 0 ? user.uploaded / user.downloaded : null };
}

function failure(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}): SiteAnswer {
  return json(status, { error: { code, message } }, headers);
}

/** Of one length, so that comparing tells nothing of the token's. */
function digest(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}

/** A whole number of a query. */
function numberOf(parameters: URLSearchParams, name: string, otherwise: number): number {
  const text = parameters.get(name);
  if (text === null) return otherwise;
  if (!/^\d{1,15}$/.test(text)) throw new UsageError("NUMBER_WRONG", `${name} is "${text}", but must be a whole number from 0 on`);
  return Number(text);
}

function hashOf(text: string): Uint8Array {
  const bytes = fromHex(text.toLowerCase());
  if (bytes?.length !== 20) throw new UsageError("INFO_HASH_WRONG", `"${text}" is no info hash of 40 hex digits`);
  return bytes;
}

/** The object in a body; an empty body is an empty one. */
function bodyOf(request: OtherRequest): Readonly<Record<string, unknown>> {
  if (request.body.length === 0) return {};
  if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) {
    throw new UsageError("CONTENT_TYPE", "a body comes with Content-Type: application/json");
  }
  try {
    const value: unknown = JSON.parse(Buffer.from(request.body).toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new UsageError("BODY_WRONG", "the body is no JSON object");
}

function bytesOf(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw new UsageError("NUMBER_WRONG", "totals are whole numbers of bytes");
  return value;
}

function wordsOf(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((word) => typeof word === "string"))
    throw new UsageError("NETWORK_WRONG", "networks are a list of texts");
  return value;
}
