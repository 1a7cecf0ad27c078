import { textTable } from './textTable.ts';

/** A table that is at most so many characters wide, where it may leave out columns: the first of `spare` first. */
export function fittingTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { columns, spare }: { readonly columns: number; readonly spare: readonly string[] },
): string {
  const text = textTable(header, rows);
  const [first, ...rest] = spare;
  if (first === undefined || text.split('\n').every((line) => line.length <= columns)) return text;
  const kept = (_cell: string, at: number): boolean => header[at] !== first;
  return fittingTable(
    header.filter(kept),
    rows.map((row) => row.filter(kept)),
    { columns, spare: rest },
  );
}
