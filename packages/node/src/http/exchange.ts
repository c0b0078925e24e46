/**
 * One request with its redirects, from the first look at the URL to the last byte of the body.
 * @module
 */
import { type ClientRequest, type IncomingMessage, request as plainRequest, type RequestOptions } from "node:http";
import { isIP } from "node:net";
import type { Cancel, Dns, Done, HttpAnswer, HttpRequest } from "@bittern/host";
import { canonicalAddress } from "@bittern/protocol/address";
import { HostError } from "@bittern/protocol/base";
import { VERSION } from "@bittern/protocol/peer";
import { codeOf, networkFault } from "../faults.ts";
import type { Interface } from "../net/interface.ts";
import { readBody } from "./body.ts";
import { answerFault, credentialsOf, dialOptions } from "./dial.ts";
import type { Judged, Kept } from "./kept.ts";
import { type HopBefore, hostOf, judgeAddresses, parseTarget, type Target } from "./target.ts";

/** Redirects followed; one more is a fault. */
const REDIRECTS_MAX = 3;
const REDIRECT_STATUS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const HUNG_UP: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE"]);
/** What must not reach another origin than the one it was meant for. */
const SECRET_HEADERS: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization"]);

/** What all requests of a host share. */
export interface ExchangeMeans {
  readonly dns: Dns;
  readonly chosen: Interface;
  readonly kept: Kept;
}

export class Exchange {
  readonly #request: HttpRequest;
  readonly #dns: Dns;
  readonly #interface: Interface;
  readonly #kept: Kept;
  #done: Done<HttpAnswer> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #underWay: ClientRequest | undefined;
  #cancelLookup: Cancel | undefined;
  #redirects = 0;
  #carriesSecrets = true;

  constructor(request: HttpRequest, { dns, chosen, kept }: ExchangeMeans, done: Done<HttpAnswer>) {
    this.#request = request;
    this.#dns = dns;
    this.#interface = chosen;
    this.#kept = kept;
    this.#done = done;
  }

  start(): void {
    const { timeoutMillis, url } = this.#request;
    this.#timer = setTimeout(() => this.end(new HostError("TIMED_OUT", `no whole answer in ${timeoutMillis} ms`)), timeoutMillis);
    this.#hop(url, undefined);
  }

  /** Answers, once, and lets go of everything. */
  end(outcome: HttpAnswer | HostError): void {
    const done = this.#done;
    if (done === undefined) return;
    this.#done = undefined;
    clearTimeout(this.#timer);
    this.#cancelLookup?.();
    this.#underWay?.destroy();
    done(outcome);
  }

  #hop(text: string, before: HopBefore | undefined): void {
    const { source, family } = this.#request;
    const url = parseTarget(text, source, before);
    if (url instanceof HostError) return this.end(url);
    if (before !== undefined && before.url.origin !== url.origin) this.#carriesSecrets = false;
    const localAddress = this.#request.localAddress;
    const wantedFamily = family ?? (localAddress === undefined ? undefined : (isIP(localAddress) as 4 | 6));
    this.#cancelLookup = this.#dns.resolve(hostOf(url), (addresses) => {
      this.#cancelLookup = undefined;
      if (this.#done === undefined) return;
      if (addresses instanceof HostError) return this.end(addresses);
      judgeAddresses(url, addresses, wantedFamily, source, before, (target) => {
        if (target instanceof HostError) this.end(target);
        else this.#send(target);
      });
    });
  }

  /** `isNew`: over a connection of its own. */
  #send(target: Target, isNew = false): void {
    const { url } = target;
    try {
      const options = this.#optionsFor(target, isNew);
      this.#underWay =
        url.protocol === "https:"
          ? process.getBuiltinModule("node:https").request({ ...options, rejectUnauthorized: true })
          : plainRequest(options);
    } catch (error) {
      return this.end(networkFault(error, `asking ${url.host}`));
    }
    const sent = this.#underWay;
    sent
      .on("response", (answer) => this.#answered(answer, target))
      .on("error", (error) => {
        // Closed by the other side while it lay here: that says nothing of the request.
        if (sent.reusedSocket && HUNG_UP.has(codeOf(error)) && this.#done !== undefined) return this.#send(target, true);
        this.end(answerFault(error, `asking ${url.host}`));
      })
      .end();
  }

  #optionsFor(target: Target, isNew: boolean): RequestOptions & Judged {
    const { url } = target;
    return {
      ...dialOptions(target, this.#interface, this.#request.localAddress),
      method: this.#request.method ?? "GET",
      headers: this.#headers(isNew),
      agent: isNew ? false : this.#kept.agentFor(url.protocol),
      // Trackers of old end their lines with a bare line feed, fold their headers, or name a length beside chunks; other clients read
      // all of that. What the strict parser protects is servers behind a proxy: here one server speaks, and harms itself at worst.
      insecureHTTPParser: true,
      ...(this.#carriesSecrets && url.username !== "" ? { auth: credentialsOf(url) } : {}),
    };
  }

  #headers(isNew: boolean): Record<string, string> {
    const connection = isNew ? "close" : this.#kept.header;
    const headers: Record<string, string> = { "user-agent": `Bittern/${VERSION}`, accept: "*/*", connection };
    for (const [name, value] of Object.entries(this.#request.headers ?? {})) {
      const lower = name.toLowerCase();
      if (this.#carriesSecrets || !SECRET_HEADERS.has(lower)) headers[lower] = value;
    }
    // Part of a packed body is of no use to anybody.
    headers["accept-encoding"] ??= headers["range"] === undefined ? "gzip, deflate" : "identity";
    return headers;
  }

  #answered(answer: IncomingMessage, target: Target): void {
    const { url } = target;
    const status = answer.statusCode ?? 0;
    if (REDIRECT_STATUS.has(status) && answer.headers.location !== undefined) {
      answer.on("error", () => undefined);
      this.#redirect(answer.headers.location, target);
      return;
    }
    answer.on("error", (error) => this.end(answerFault(error, `reading from ${url.host}`)));
    answer.on("aborted", () => this.end(new HostError("CONNECTION_RESET", `${url.host} broke off in the middle of its answer`)));
    const address = canonicalAddress(answer.socket.remoteAddress?.replace(/%.*$/, "") ?? "") ?? "";
    readBody(answer, this.#request.bodyLengthMax, (body) => {
      if (body instanceof HostError) return this.end(body);
      this.end({ status, headers: headersOf(answer), body, url: withoutCredentials(url), address });
    });
  }

  #redirect(location: string, { url, scope }: Target): void {
    const left = this.#underWay;
    this.#underWay = undefined;
    left?.removeAllListeners("error").on("error", () => undefined);
    left?.destroy();
    if (++this.#redirects > REDIRECTS_MAX) return this.end(new HostError("HTTP_REDIRECTS", `more than ${REDIRECTS_MAX} redirects`));
    this.#hop(location, { url, scope });
  }
}

function withoutCredentials(url: URL): string {
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  return shown.href;
}

function headersOf(answer: IncomingMessage): ReadonlyMap<string, string> {
  return new Map(Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]));
}
