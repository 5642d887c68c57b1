/** What an outside analyst may say of a proposed entry: leave it, lower its confidence, or veto it. Nothing else. */
export interface AnalystOpinion {
  verdict: 'KEEP' | 'LOWER' | 'VETO';
  /** With LOWER: the confidence it would give, 0 to 100. */
  confidence?: number;
  reason: string;
}

/** What is kept of asking: the numbers it was given, what it said, and what that changed. */
export interface AnalystRecord {
  /** null where nothing usable came in time: then `problem` says why. */
  verdict: AnalystOpinion['verdict'] | null;
  reason: string | null;
  problem: string | null;
  /** The signal's confidence, 0 to 100. */
  before: number;
  after: number;
  milliseconds: number;
  asked: Record<string, number>;
}

/**
 * The confidence after the analyst (integer, 0 to 100). It never rises: a higher figure than ours changes nothing, and
 * no opinion (null) changes nothing. A veto is 0.
 */
export function applyAnalyst(confidence: number, opinion: AnalystOpinion | null): number {
  if (!opinion || opinion.verdict === 'KEEP') return confidence;
  if (opinion.verdict === 'VETO') return 0;
  return Math.min(confidence, Math.max(0, Math.floor(opinion.confidence ?? confidence)));
}
