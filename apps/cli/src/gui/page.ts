/**
 * The page of the window: fixed text, style and script. What changes comes as events and is set as text, never as markup.
 * @module
 */
import { escapeHtml } from "@bittern/tracker";
import type { WindowMessages } from "../messages/catalogue.ts";

export function windowPage(texts: WindowMessages): string {
  const say = (name: Exclude<keyof WindowMessages, "timeLeft" | "openYourself">): string => escapeHtml(texts[name]);
  return `<!doctype html>
<html lang="${say("language")}" data-gone="${say("gone")}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Bittern</title>
<link rel="stylesheet" href="window.css">
<script src="window.js" defer></script>
</head>
<body>
<main class="window">
<header>
<h1 id="name">Bittern</h1>
<p id="size" class="soft"></p>
<button type="button" id="about" class="quiet">${say("about")}</button>
</header>
<progress id="gauge" max="1000" value="0" aria-label="${say("gauge")}"></progress>
<dl>
<div class="wide"><dt>${say("timeLeftLabel")}</dt><dd id="timeLeft"></dd></div>
<div class="wide"><dt>${say("downloadToLabel")}</dt><dd id="downloadTo" class="path"></dd></div>
<div><dt>${say("downRateLabel")}</dt><dd id="downRate"></dd></div>
<div><dt>${say("downTotalLabel")}</dt><dd id="downTotal"></dd></div>
<div><dt>${say("upRateLabel")}</dt><dd id="upRate"></dd></div>
<div><dt>${say("upTotalLabel")}</dt><dd id="upTotal"></dd></div>
</dl>
<section id="errors" aria-label="${say("errors")}" hidden><ul id="errorList" role="log"></ul></section>
<p id="announcement" class="unseen" role="status"></p>
<footer><button type="button" id="end">${say("cancel")}</button></footer>
</main>

<dialog id="saveDialog" aria-labelledby="saveTitle">
<form id="saveForm" method="dialog">
<h2 id="saveTitle">${say("saveTitle")}</h2>
<p class="soft">${say("saveHint")}</p>
<label for="path">${say("saveAs")}</label>
<input id="path" name="path" required autocomplete="off" spellcheck="false">
<div class="browse">
<p><button type="button" id="above" class="quiet" aria-label="${say("above")}">↑</button> <span id="folder" class="path"></span></p>
<ul id="entries" aria-label="${say("entries")}"></ul>
<p id="folderFault" class="fault" role="alert"></p>
</div>
<p class="buttons"><button type="button" id="noSave" class="quiet">${say("cancel")}</button><button type="submit">${say("save")}</button></p>
</form>
</dialog>

<dialog id="errorDialog" aria-labelledby="errorTitle">
<form method="dialog">
<h2 id="errorTitle">${say("failed")}</h2>
<p id="errorText" role="alert"></p>
<p class="buttons"><button type="submit" autofocus>${say("ok")}</button></p>
</form>
</dialog>

<dialog id="aboutDialog" aria-labelledby="aboutTitle">
<form method="dialog">
<h2 id="aboutTitle">Bittern</h2>
<p>${say("aboutText")}</p>
<p class="buttons"><button type="submit" autofocus>${say("ok")}</button></p>
</form>
</dialog>
</body>
</html>
`;
}

export const STYLE: string = `
:root{color-scheme:light dark;--ink:#1b2430;--soft:#566273;--paper:#eef0ec;--card:#fff;--line:#dcdfe4;--accent:#0b6b50;--accent-ink:#fff;--fault:#a4262c}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebef;--soft:#a2adbb;--paper:#0e1116;--card:#1a2028;--line:#2f3843;--accent:#4cc79c;--accent-ink:#06251b;--fault:#ff9a9f}}
*{box-sizing:border-box}
[hidden]{display:none}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
.window{width:min(100%,36rem);padding:1.75rem;background:var(--card);border:1px solid var(--line);border-radius:.9rem;box-shadow:0 1.5rem 3rem -1.5rem rgb(0 0 0/.35)}
header{display:grid;grid-template-columns:1fr auto;gap:0 1rem;align-items:start}
h1{margin:0;font-size:1.3rem;line-height:1.25;overflow-wrap:anywhere}
h2{margin:0 0 .5rem;font-size:1.15rem}
#size{grid-column:1;margin:.15rem 0 0;font-variant-numeric:tabular-nums}
#about{grid-column:2;grid-row:1}
.soft{color:var(--soft)}
.fault{color:var(--fault);margin:.25rem 0;min-height:1.5em}
.path{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere}
progress{display:block;width:100%;height:1.1rem;margin:1.25rem 0;appearance:none;border:0;border-radius:.55rem;overflow:hidden;background:var(--line);color:var(--accent)}
progress::-webkit-progress-bar{background:var(--line)}
progress::-webkit-progress-value{background:var(--accent);transition:inline-size .4s linear}
progress::-moz-progress-bar{background:var(--accent)}
@media(prefers-reduced-motion:reduce){progress::-webkit-progress-value{transition:none}}
dl{display:grid;grid-template-columns:1fr 1fr;gap:.75rem 1.5rem;margin:0}
.wide{grid-column:1/-1}
dt{color:var(--soft);font-size:.875rem}
dd{margin:0;min-height:1.5em;font-variant-numeric:tabular-nums;font-weight:550}
dd.path{font-weight:400}
#errors{margin-top:1.25rem;max-height:9rem;overflow:auto;border:1px solid var(--line);border-radius:.5rem;padding:.5rem .75rem}
#errors ul{margin:0;padding:0;list-style:none;color:var(--fault);font-size:.875rem;overflow-wrap:anywhere}
footer,.buttons{display:flex;justify-content:flex-end;gap:.75rem;margin:1.5rem 0 0}
button{font:inherit;font-weight:600;padding:.5rem 1.4rem;border-radius:.5rem;border:2px solid var(--accent);background:var(--accent);color:var(--accent-ink);cursor:pointer}
button.quiet{background:none;color:var(--accent);padding:.25rem .75rem;border-color:transparent;font-weight:500}
button.quiet:hover{border-color:var(--line)}
button:disabled{opacity:.5;cursor:default}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
dialog{width:min(94vw,34rem);border:1px solid var(--line);border-radius:.9rem;padding:1.5rem;background:var(--card);color:var(--ink)}
dialog::backdrop{background:rgb(0 0 0/.45)}
label{display:block;font-weight:600;margin-top:.75rem}
input{font:inherit;font-family:ui-monospace,monospace;width:100%;padding:.5rem .6rem;border:1px solid var(--soft);border-radius:.4rem;background:var(--paper);color:var(--ink)}
.browse{margin-top:.75rem;border:1px solid var(--line);border-radius:.5rem;padding:.5rem .75rem}
.browse p{margin:.25rem 0}
#entries{list-style:none;margin:0;padding:0;max-height:12rem;overflow:auto}
#entries button{width:100%;text-align:left;padding:.2rem .5rem;color:var(--ink);overflow-wrap:anywhere}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);margin:0}
`.trim();

export const SCRIPT: string = `
"use strict";
const at = (id) => document.getElementById(id);
const show = (id, text) => { const e = at(id); if (e.textContent !== text) e.textContent = text; };
const FIELDS = ["size", "timeLeft", "downloadTo", "downRate", "downTotal", "upRate", "upTotal"];
const ask = (path, body) => fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }).catch(() => undefined);
const { gone } = document.documentElement.dataset;
let phase = "";

function look(view) {
  document.title = view.title;
  show("name", view.name || "Bittern");
  for (const field of FIELDS) show(field, view[field]);
  show("end", view.button);
  const gauge = at("gauge");
  if (view.phase === "loading") gauge.removeAttribute("value"); else gauge.value = view.gauge;
  gauge.setAttribute("aria-valuetext", view.gauge / 10 + " %");
  const list = at("errorList");
  at("errors").hidden = view.errors.length === 0;
  if (list.dataset.shown !== String(view.errors)) {
    list.dataset.shown = String(view.errors);
    list.replaceChildren(...view.errors.map((text) => { const li = document.createElement("li"); li.textContent = text; return li; }));
  }
  if (view.phase === phase) return;
  phase = view.phase;
  if (phase === "choosing") choose(view.suggestion); else if (at("saveDialog").open) at("saveDialog").close();
  // Rates change all the time; only this is read out.
  if (phase === "complete" || phase === "failed") show("announcement", view.timeLeft);
  if (phase === "failed") { show("errorText", view.errors[0] || ""); at("errorDialog").showModal(); }
}

function choose(suggestion) {
  const path = at("path");
  path.value = suggestion;
  at("saveDialog").showModal();
  path.focus();
  void openFolder(suggestion.slice(0, suggestion.lastIndexOf("/") + 1) || "");
}

const nameOf = () => at("path").value.split("/").pop();
const join = (folder, name) => (folder.endsWith("/") ? folder : folder + "/") + name;

let turns = 0;

async function openFolder(path) {
  const turn = ++turns;
  const answer = await fetch("folder?path=" + encodeURIComponent(path)).catch(() => undefined);
  const listing = answer === undefined ? { error: gone } : await answer.json();
  // An answer that comes late belongs to a folder that was left.
  if (turn !== turns) return;
  show("folderFault", listing.error || "");
  if (listing.error) return;
  show("folder", listing.path);
  const above = at("above");
  above.disabled = listing.above === null;
  above.onclick = () => { void openFolder(listing.above); at("path").value = join(listing.above, nameOf()); };
  const entry = (name, isFolder) => {
    const li = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = isFolder ? name + "/" : name;
    button.onclick = isFolder
      ? () => {
          const kept = nameOf();
          const inside = join(listing.path, name);
          void openFolder(inside);
          // A folder of the torrent's own name is the download itself.
          at("path").value = name === kept ? inside : join(inside, kept);
        }
      : () => { at("path").value = join(listing.path, name); at("path").focus(); };
    li.append(button);
    return li;
  };
  at("entries").replaceChildren(...listing.folders.map((name) => entry(name, true)), ...listing.files.map((name) => entry(name, false)));
}

at("saveForm").addEventListener("submit", () => void ask("save", { path: at("path").value }));
at("saveDialog").addEventListener("cancel", (event) => { event.preventDefault(); void ask("end", {}); });
at("noSave").addEventListener("click", () => void ask("end", {}));
at("end").addEventListener("click", () => { at("end").disabled = true; void ask("end", {}); });
at("about").addEventListener("click", () => at("aboutDialog").showModal());

const events = new EventSource("events");
events.onmessage = (event) => look(JSON.parse(event.data));
events.addEventListener("over", () => {
  events.close();
  at("end").disabled = true;
  show("announcement", gone);
  window.close();
});
`.trim();
