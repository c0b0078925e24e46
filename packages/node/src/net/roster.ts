/**
 * Who is here, in no order: whoever comes and goes costs no search and leaves no garbage.
 *
 * A `Set` hashes each object it holds and makes its table again and again where they come and go.
 * @module
 */

/** Something that may stand in one roster. */
export interface Rostered {
  /** Its place, -1 when it is not here; the roster's to write. */
  place: number;
}

export class Roster<Member extends Rostered> {
  readonly #members: Member[] = [];

  add(member: Member): void {
    if (member.place >= 0) return;
    member.place = this.#members.push(member) - 1;
  }

  /** The last one takes the place of the one that goes. */
  delete(member: Member): void {
    const { place } = member;
    if (place < 0) return;
    const last = this.#members.pop() as Member;
    if (last !== member) {
      last.place = place;
      this.#members[place] = last;
    }
    member.place = -1;
  }

  /** Those who are here now; they may go while somebody looks at it. */
  members(): Member[] {
    return [...this.#members];
  }
}
