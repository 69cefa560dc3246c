/** Readings of one reply, compared line by line. */
export interface LineVotes {
  readonly add: (lines: readonly string[]) => void;
  /** The reply as two readings have every line of it; undefined while they do not. */
  readonly agreed: () => readonly string[] | undefined;
}

/** A line counts that came so often at its place. */
const voteCountMin = 2;

/** The text that was seen often enough at one place. */
function winner(votes: ReadonlyMap<string, number>): string | undefined {
  for (const [text, count] of votes) if (count >= voteCountMin) return text;
  return undefined;
}

/**
 * Votes on readings of a reply that has no checksum. Only readings with as many lines are compared, since a lost line
 * end moves all that follow. Pure but for what it has seen.
 */
export function lineVotes(): LineVotes {
  const byLineCount = new Map<number, Map<string, number>[]>();
  return {
    add: (lines) => {
      const places = byLineCount.get(lines.length) ?? lines.map(() => new Map<string, number>());
      byLineCount.set(lines.length, places);
      for (const [index, text] of lines.entries()) {
        const votes = places[index];
        votes?.set(text, (votes.get(text) ?? 0) + 1);
      }
    },
    agreed: () => {
      for (const places of byLineCount.values()) {
        const lines = places.flatMap((votes) => winner(votes) ?? []);
        if (lines.length === places.length && lines.length > 0) return lines;
      }
      return undefined;
    },
  };
}
