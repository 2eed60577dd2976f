/** Rows in aligned columns without borders, one line for each; columns are two spaces apart. */
export function tableLines(
  rows: readonly (readonly string[])[],
  alignments: readonly ('left' | 'right')[] = [],
): string[] {
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  const aligned = (cell: string, column: number) =>
    alignments[column] === 'right' ? cell.padStart(widthOf(column)) : cell.padEnd(widthOf(column))
  return rows.map((row) => row.map(aligned).join('  ').trimEnd())
}
