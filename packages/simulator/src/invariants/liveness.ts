/**
 * Laws about getting there: who is connected to every piece has everything in the end.
 * @module
 */

/** What is asked of a member. */
export interface Finisher {
  readonly name: string;
  readonly completedAt: number | undefined;
  readonly pieceCount: number;
  /** What it is doing, in a few words. */
  readonly state: string;
}

/** Names those who did not finish, a sentence each; the first few by name, the rest as a number. */
export function judgeCompletion(members: readonly Finisher[], pieceCount: number): readonly string[] {
  const late = members.filter(({ completedAt }) => completedAt === undefined);
  const named = late.slice(0, 5).map((member) => `${member.name} has ${member.pieceCount} of ${pieceCount} pieces (${member.state})`);
  return late.length > named.length ? [...named, `${late.length - named.length} more are not complete`] : named;
}
