/** What those may take up together who have not proved who they are: so many connections, and so much memory. */

export interface UnprovedLimits {
  readonly connectionsMax: number;
  /** Held for all of them together. */
  readonly bytesMax: number;
  /** Held for any one connection, proved or not. */
  readonly connectionBytesMax: number;
}

/** What is no option: enough for whatever devices say, of thousands at once. */
export const MEMORY_LIMITS = { bytesMax: 16 * 1024 * 1024, connectionBytesMax: 16 * 1024 * 1024 } as const;

/** Why a connection is ended that kept to its protocol. */
export type Excess = 'too-many-unproved' | 'too-much-unproved' | 'too-much-held';

/** How one connection stands. */
export interface Standing {
  /** It has said something: it is the last of the silent ones again. */
  heard(): void;
  /** A part that holds memory for the connection: the function takes how many bytes that part holds now. */
  holder(): (bytes: number) => void;
  /** It has proved who it is; only its own limit holds from here on. */
  proved(): void;
  left(): void;
}

export interface Unproved {
  /** @param end ends the connection; asked for at most once, and never for one that has left */
  enter(end: (why: Excess) => void): Standing;
}

interface Member {
  readonly end: (why: Excess) => void;
  bytes: number;
}

export function createUnproved(limits: UnprovedLimits): Unproved {
  /** In the order in which they were heard of last: the first one has been silent longest. */
  const members = new Set<Member>();
  let total = 0;

  const leave = (member: Member): void => {
    if (members.delete(member)) total -= member.bytes;
  };
  const expel = (member: Member | undefined, why: Excess): void => {
    if (member === undefined) return;
    leave(member);
    member.end(why);
  };
  /** Who holds most goes first: a device that says what devices say is never that one. */
  const greatest = (): Member | undefined => {
    let found: Member | undefined;
    for (const member of members) if (found === undefined || member.bytes > found.bytes) found = member;
    return found;
  };
  const hold = (member: Member, bytes: number): void => {
    member.bytes += bytes;
    if (members.has(member)) total += bytes;
    if (bytes <= 0) return;
    if (member.bytes > limits.connectionBytesMax) expel(member, 'too-much-held');
    while (total > limits.bytesMax) expel(greatest(), 'too-much-unproved');
  };

  return {
    enter: (end) => {
      let hasLeft = false;
      const once = (why: Excess): void => {
        if (hasLeft) return;
        hasLeft = true;
        end(why);
      };
      const member: Member = { end: once, bytes: 0 };
      members.add(member);
      if (members.size > limits.connectionsMax) expel(members.values().next().value, 'too-many-unproved');
      return {
        heard: () => {
          if (members.delete(member)) members.add(member);
        },
        holder: () => {
          let held = 0;
          return (bytes) => {
            const more = bytes - held;
            held = bytes;
            if (more !== 0) hold(member, more);
          };
        },
        proved: () => leave(member),
        left: () => {
          hasLeft = true;
          leave(member);
        },
      };
    },
  };
}
