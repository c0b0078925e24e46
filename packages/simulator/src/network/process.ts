/**
 * What runs on a node between its start and its end. Whatever was asked for before the end is never answered after it.
 * @module
 */

export interface Process {
  readonly isAlive: boolean;
}
