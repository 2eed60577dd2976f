import type { Sequence, Step } from '../sequence.ts'
import { chanceOf, type Chance } from './chance.ts'
import { mistaken } from './mistakes.ts'
import { batchGet, get, query, scan, transactGet } from './reads.ts'
import { shapedTables, type ShapedTable } from './tables.ts'
import { batchWrite, singleWrite, transaction } from './writes.ts'

const mistakenPercent = 6

/** The same sequence for the same seed and length. */
export function sequenceOf(seed: number, length = 40): Sequence {
  const chance = chanceOf(seed)
  const tables = shapedTables(chance)
  const steps = Array.from({ length }, () => anyStep(chance, tables))
  return { seed, tables: tables.map((table) => table.definition), steps: [...steps, ...closingSteps(tables)] }
}

function anyStep(chance: Chance, tables: readonly ShapedTable[]): Step {
  // Most requests use one table, so that they meet the same items.
  const table = chance.percent(75) ? tables[0]! : tables[1]!
  const share = chance.int(1, 100)
  const step = stepOf(share, chance, table, tables)
  return chance.percent(mistakenPercent) ? mistaken(chance, step) : step
}

function stepOf(share: number, chance: Chance, table: ShapedTable, tables: readonly ShapedTable[]): Step {
  if (share <= 45) return singleWrite(chance, table)
  if (share <= 58) return transaction(chance, tables)
  if (share <= 64) return batchWrite(chance, tables)
  if (share <= 70) return get(chance, table)
  if (share <= 75) return transactGet(chance, tables)
  if (share <= 79) return batchGet(chance, tables)
  if (share <= 93) return query(chance, table)
  if (share <= 97) return scan(chance, table)
  return { kind: 'stream', table: table.name }
}

/** The items and streams at the end reveal differences that no response has shown. */
const closingSteps = (tables: readonly ShapedTable[]): Step[] =>
  tables.flatMap(({ name }): Step[] => [
    { kind: 'pages', operation: 'Scan', input: { TableName: name } },
    { kind: 'stream', table: name },
  ])
