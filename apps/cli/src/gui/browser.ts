/**
 * Opens an address in the user's browser.
 * @module
 */
import { spawn } from "node:child_process";

type Environment = Readonly<Record<string, string | undefined>>;

/** Command and arguments; `undefined` where there is no screen to open anything on. */
export function browserCommand(url: string, environment: Environment, platform: NodeJS.Platform): readonly string[] | undefined {
  // $BROWSER is what the user chose: a command, `%s` for the address, several parted by colons.
  const chosen = environment["BROWSER"]?.split(":").find((command) => command.trim() !== "");
  if (chosen !== undefined) {
    const words = chosen.trim().split(/\s+/);
    return words.some((word) => word.includes("%s")) ? words.map((word) => word.replaceAll("%s", url)) : [...words, url];
  }
  if (platform === "darwin") return ["open", url];
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler", url];
  const hasScreen = (environment["DISPLAY"] ?? "") !== "" || (environment["WAYLAND_DISPLAY"] ?? "") !== "";
  return hasScreen ? ["xdg-open", url] : undefined;
}

/** Whether something was started. What becomes of it is not waited for. */
export function openBrowser(url: string): boolean {
  const [command, ...args] = browserCommand(url, process.env, process.platform) ?? [];
  if (command === undefined) return false;
  const child = spawn(command, args, { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
  return true;
}
