import Table from 'cli-table3'

const sides = ['top', 'bottom', 'left', 'right', 'mid'] as const
const joints = ['top-mid', 'top-left', 'top-right', 'bottom-mid', 'bottom-left', 'bottom-right'] as const
const crossings = ['left-mid', 'mid-mid', 'right-mid'] as const

/** Rows in aligned columns without borders, one line for each; columns are two spaces apart. */
export function tableLines(
  rows: readonly (readonly string[])[],
  alignments: readonly ('left' | 'right')[] = [],
): string[] {
  const none = Object.fromEntries([...sides, ...joints, ...crossings].map((name) => [name, '']))
  const table = new Table({
    chars: { ...none, middle: '  ' },
    colAligns: [...alignments],
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  table.push(...rows.map((row) => [...row]))
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
}
