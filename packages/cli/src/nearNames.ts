/** Names shown at most. */
const MAX_NAMES = 5;

/** The known names most like the one that was not found, best first. */
export function nearNames(name: string, known: readonly string[]): string[] {
  const wanted = name.toLowerCase();
  const ranked = known
    .map((candidate) => ({ candidate, distance: likeness(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, wanted.length / 3))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, MAX_NAMES);
  // What is much farther than the best is no help beside it.
  const [best] = ranked;
  return ranked.filter(({ distance }) => distance <= (best?.distance ?? 0) + 1).map(({ candidate }) => candidate);
}

/** A sentence that helps on: the near names, else some of those that exist, else that there are none. */
export function suggestion(name: string, known: readonly string[], what: string): string {
  const near = nearNames(name, known);
  if (near.length > 0) return `Did you mean ${near.join(' or ')}?`;
  if (known.length === 0) return `There are no ${what}.`;
  const [shown, more] = [known.slice(0, MAX_NAMES), known.length - MAX_NAMES];
  return `The ${what} are ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

/** Edit distance; 0.5 where one name contains the other. Names are bounded, so the square of their length is too. */
function likeness(a: string, b: string): number {
  if (a.length > 2 && b.length > 2 && (a.includes(b) || b.includes(a))) return 0.5;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
