/** @module */
import { describe, expect, it } from "vitest";
import { ENGLISH_WINDOW } from "../messages/english-window.ts";
import { SPANISH_WINDOW } from "../messages/spanish-window.ts";
import { windowPage } from "./page.ts";
import { type ShownStatus, type WindowState, windowView } from "./view.ts";

const STATUS = {
  state: "downloading",
  progress: 0.4256,
  downRate: 2048,
  upRate: 512,
  downloaded: 3_300_000,
  uploaded: 0,
  eta: 123_400,
  peers: 1,
} as const;
const STATE: WindowState = {
  texts: ENGLISH_WINDOW,
  phase: "working",
  name: "disc.iso",
  totalLength: 1_234_567,
  target: "/home/me/disc.iso",
  status: STATUS,
  errors: [],
  suggestion: "",
};

describe("The window of a download", () => {
  it("has the fields of the classic one", () => {
    expect(windowView(STATE)).toEqual({
      phase: "working",
      title: "42% disc.iso - BitTorrent 3.4.2",
      name: "disc.iso",
      size: "1,234,567 (1.2 MB)",
      gauge: 425,
      timeLeft: "2 min 03 sec",
      downloadTo: "/home/me/disc.iso",
      downRate: "2.00 kB/s",
      downTotal: "3.1 MiB",
      upRate: "0.50 kB/s",
      upTotal: "0.0 MiB",
      button: "Cancel",
      errors: [],
      suggestion: "",
    });
  });

  it("says Upload and Close once it is complete", () => {
    const view = windowView({ ...STATE, phase: "complete", status: { ...STATUS, state: "seeding", progress: 1, eta: null } });
    expect(view).toMatchObject({ title: "disc.iso - Upload - BitTorrent 3.4.2", gauge: 1000, timeLeft: "Download Succeeded!" });
    expect(view).toMatchObject({ downRate: "", downTotal: "", upRate: "0.50 kB/s", button: "Close" });
  });

  it("tells what it is busy with while no time can be told", () => {
    const timeLeft = (status: Partial<ShownStatus>): string => windowView({ ...STATE, status: { ...STATUS, ...status } }).timeLeft;
    expect(timeLeft({ state: "checking" })).toBe("checking existing file");
    expect(timeLeft({ eta: null, peers: 0 })).toBe("connecting to peers");
    expect(timeLeft({ eta: null })).toBe("<unknown>");
    expect(windowView({ ...STATE, phase: "failed" })).toMatchObject({ timeLeft: "Download Failed!", button: "Close" });
    expect(windowView({ ...STATE, phase: "choosing", suggestion: "/x/disc.iso" })).toMatchObject({
      suggestion: "/x/disc.iso",
      timeLeft: "",
    });
  });

  it("speaks Spanish to who speaks Spanish", () => {
    const texts = SPANISH_WINDOW;
    expect(windowView({ ...STATE, texts })).toMatchObject({ timeLeft: "2 min 03 s", button: "Cancelar" });
    const complete = windowView({ ...STATE, texts, phase: "complete" });
    expect(complete).toMatchObject({ title: "disc.iso - Subida - BitTorrent 3.4.2", timeLeft: "¡Descarga completa!", button: "Cerrar" });
    expect(windowPage(texts)).toContain('<html lang="es"');
  });
});
