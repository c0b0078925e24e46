/**
 * How the tracker's pages look. No script, nothing from elsewhere; light and dark by the reader's wish.
 * @module
 */

/** Where the style lies. */
export const STYLE_PATH: string = "/tracker.css";

/** Nothing may run, be framed, or be loaded but the style of this server; the search form goes to this server. */
export const PAGE_POLICY: string =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export const STYLE: string = `
:root{color-scheme:light dark;--ink:#1b2430;--soft:#566273;--paper:#fbfaf7;--card:#fff;--line:#dcdfe4;--row:#f4f3ee;--accent:#0b6b50;--accent-ink:#fff;--second:#2b62b3;--wash:#e6f1ec}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebef;--soft:#a2adbb;--paper:#12161c;--card:#1a2028;--line:#2f3843;--row:#202731;--accent:#4cc79c;--accent-ink:#06251b;--second:#86b6f5;--wash:#17302a}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;padding:.5rem 1rem;background:var(--card);border-radius:.5rem}
header,main,footer{max-width:64rem;margin:0 auto;padding:0 clamp(1rem,4vw,2rem)}
header{display:flex;flex-wrap:wrap;gap:1rem 2rem;align-items:center;justify-content:space-between;padding-top:clamp(1.25rem,4vw,2.5rem)}
.brand{display:flex;gap:.65rem;align-items:center;font-weight:650;font-size:1.125rem;color:inherit;text-decoration:none}
.brand svg{width:1.75rem;height:1.75rem;flex:none;color:var(--accent)}
h1{margin:1.75rem 0 .25rem;font-size:clamp(1.6rem,4.5vw,2.4rem);line-height:1.15;letter-spacing:-.015em;overflow-wrap:anywhere;text-wrap:balance}
h1.brand{margin:0;font-size:1.6rem}
h1.brand svg{width:2.25rem;height:2.25rem}
h2{margin:0;font-size:1.0625rem}
p{margin:.5rem 0}
a{color:var(--accent);text-underline-offset:.18em}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--accent);outline-offset:3px;border-radius:.25rem}
.soft{color:var(--soft)}
code{font:.9em ui-monospace,"Cascadia Mono","DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
form.search{display:flex;gap:.5rem;flex:1 1 18rem;max-width:28rem}
.search input{flex:1;min-width:0;font:inherit;color:inherit;padding:.5rem .8rem;border:1px solid var(--soft);border-radius:.5rem;background:var(--card)}
.search button,a.button{font:inherit;font-weight:600;padding:.5rem 1rem;border-radius:.5rem;border:2px solid var(--accent);background:transparent;color:var(--accent);cursor:pointer;text-decoration:none;display:inline-block}
.search button,a.first{background:var(--accent);color:var(--accent-ink)}
.search button:hover,a.button:hover{filter:brightness(1.1)}
.numbers{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:1px;margin:1.75rem 0;padding:0;background:var(--card);border:1px solid var(--line);border-radius:.75rem;overflow:hidden}
.numbers div{display:flex;flex-direction:column-reverse;justify-content:flex-end;padding:1rem 1.15rem;box-shadow:1px 0 0 var(--line),0 1px 0 var(--line)}
.numbers dt{color:var(--soft);font-size:.9375rem}
.numbers dd{margin:0;font-size:1.75rem;font-weight:650;line-height:1.15;letter-spacing:-.01em;font-variant-numeric:tabular-nums}
.card{margin:1.75rem 0;padding:1.15rem 1.25rem 1rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem}
.card .head{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;justify-content:space-between;align-items:baseline}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:0;padding:0;list-style:none;font-size:.9375rem;color:var(--soft)}
.legend li::before{content:"";display:inline-block;width:1.4rem;margin-right:.5rem;vertical-align:.28em;border-top:3px solid var(--accent)}
.legend li.downloaders::before{border-top-style:dashed;border-color:var(--second)}
.legend li.peers::before{border-color:var(--second)}
.chart{display:block;width:100%;height:auto;margin-top:.75rem}
.chart .grid{stroke:var(--line);stroke-width:1}
.chart .mark{fill:var(--soft);font-size:12px;font-variant-numeric:tabular-nums}
.chart .value{text-anchor:end;dominant-baseline:middle}
.chart .time{text-anchor:middle}
.chart .first{text-anchor:start}
.chart .last{text-anchor:end}
.chart .line{fill:none;stroke:var(--accent);stroke-width:2.25;stroke-linejoin:round;stroke-linecap:round}
.chart .line.downloaders{stroke:var(--second);stroke-dasharray:6 5}
.chart .line.peers{stroke:var(--second)}
.chart .area{fill:var(--accent);opacity:.09}
.chart .area.downloaders,.chart .area.peers{fill:var(--second);opacity:.07}
.scroll{overflow-x:auto;margin:.75rem -1.25rem 0;padding:0 1.25rem}
table{width:100%;border-collapse:collapse}
th,td{padding:.55rem .75rem;border-top:1px solid var(--line);text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
thead th{border-top:0;font-weight:600;font-size:.9375rem;color:var(--soft)}
thead a{color:inherit;text-decoration:none}
thead a:hover{text-decoration:underline}
thead [aria-sort] a{color:var(--ink)}
thead [aria-sort] a::after{content:" \\2193"}
th:first-child,td:first-child{text-align:left;white-space:normal;padding-left:.25rem}
th:last-child,td:last-child{padding-right:.25rem}
tbody th{font-weight:500;overflow-wrap:anywhere;min-width:12rem}
tbody th small{display:block;font-weight:400;color:var(--soft);font-size:.8125rem}
tbody tr:hover{background:var(--row)}
nav.pages{display:flex;justify-content:space-between;gap:1rem;margin-top:1rem}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.35rem 1.5rem;margin:.75rem 0 0}
.facts dt{color:var(--soft)}
.facts dd{margin:0;min-width:0;overflow-wrap:anywhere}
.buttons{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.25rem 0 0}
.empty{margin:1.5rem 0 1rem;text-align:center;color:var(--soft)}
footer{padding-top:1rem;padding-bottom:2.5rem;color:var(--soft);font-size:.9375rem;display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;justify-content:space-between}
footer ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:0;padding:0;list-style:none}
@media(max-width:36rem){.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.6rem}.wide,tbody th small,th:nth-last-child(1),td:nth-last-child(1){display:none}.chart .mark{font-size:20px}th,td{padding-left:.4rem;padding-right:.4rem}tbody th{min-width:9rem}}
@media print{.search,.buttons,footer{display:none}}
`.trim();
