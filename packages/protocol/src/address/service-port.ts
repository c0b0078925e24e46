/**
 * Ports where no tracker is: those of services that take commands and may be fooled by a request that was meant for one.
 * @module
 */

const SERVICE_PORTS: ReadonlySet<number> = new Set([22, 23, 25, 110, 143, 445, 3306, 5432, 6379, 9200, 11_211, 27_017]);

/** Whether a stranger may not send us there. */
export function isServicePort(port: number): boolean {
  return SERVICE_PORTS.has(port);
}
