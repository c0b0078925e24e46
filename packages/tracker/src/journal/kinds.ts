/**
 * What a frame can hold. Numbers are never given twice, so that old journals stay readable.
 * @module
 */

/** Changes of swarms, see record.ts. Without records it says that the tracker was alive. */
export const FRAME_SWARMS: number = 1;
/** Totals of users, see user-record.ts. */
export const FRAME_USERS: number = 2;
/** Samples of the statistics, see history.ts. */
export const FRAME_HISTORY: number = 3;
/** One round of samples of single swarms, see swarm-history.ts. */
export const FRAME_SWARM_HISTORY: number = 4;
/** What the operator said by the API, see order-record.ts. */
export const FRAME_ORDERS: number = 5;
