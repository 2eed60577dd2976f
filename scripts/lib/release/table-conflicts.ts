import { isDeepStrictEqual as equal } from 'node:util'
import { propertiesOf, type Template } from '../templates.ts'

interface Index {
  readonly IndexName: string
  readonly KeySchema: unknown
  readonly Projection: unknown
}

interface TableProperties {
  readonly KeySchema: unknown
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[]
  readonly GlobalSecondaryIndexes?: readonly Index[]
  readonly LocalSecondaryIndexes?: readonly Index[]
  readonly WarmThroughput?: WarmThroughput
}

export interface WarmThroughput {
  readonly ReadUnitsPerSecond: number
  readonly WriteUnitsPerSecond: number
}

/** DynamoDB developer guide, "Understanding DynamoDB warm throughput in different scenarios". */
const ofNewTable: WarmThroughput = { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4000 }

/**
 * The changes of a table that CloudFormation cannot deploy, or deploys as a new and empty table:
 *
 * - More than one index: an update creates or deletes only one (DynamoDB API Reference, UpdateTable: "You can create or
 *   delete only one global secondary index per UpdateTable operation").
 * - An index's keys or projection: an index cannot be altered, and a new one of its name cannot exist beside it.
 * - The table's keys, the type of an existing key attribute, and local indexes: they exist since the table does
 *   (CloudFormation User Guide, AWS::DynamoDB::GlobalTable: "Update requires: Replacement").
 * - A lower warm throughput: "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than current WarmThroughput,
 *   decreasing WarmThroughput is not supported" (UpdateTable's response, in hashicorp/terraform-provider-aws).
 *
 * @param deployed the deployed template of a stack
 * @param wanted the synthesized template of the same stack
 * @param warm what the tables of {@link tablesWithNewThroughput} can take, by their logical ids @default what the deployed
 * template says, or that of a new table
 * @returns a sentence for each conflict with its fix
 */
export function tableConflicts(
  deployed: Template,
  wanted: Template,
  warm: ReadonlyMap<string, WarmThroughput> = new Map(),
): string[] {
  const before = tablesOf(deployed)
  const changed = tablesWithNewThroughput(deployed, wanted)
  return [...tablesOf(wanted)].flatMap(([logicalId, after]) => {
    const current = before.get(logicalId)
    if (!current) return []
    return [
      ...replacements(logicalId, current, after),
      ...indexConflicts(logicalId, current, after),
      ...(changed.includes(logicalId)
        ? loweredThroughput(
            logicalId,
            warm.get(logicalId) ?? current.WarmThroughput ?? ofNewTable,
            after.WarmThroughput!,
          )
        : []),
    ]
  })
}

/** The logical ids of the deployed tables whose template sets another warm throughput than before. */
export function tablesWithNewThroughput(deployed: Template, wanted: Template): string[] {
  const before = tablesOf(deployed)
  return [...tablesOf(wanted)].flatMap(([logicalId, { WarmThroughput: after }]) => {
    const current = before.get(logicalId)
    return current && after && !equal(current.WarmThroughput, after) ? [logicalId] : []
  })
}

function replacements(table: string, before: TableProperties, after: TableProperties): string[] {
  const changed = [
    ...(equal(before.KeySchema, after.KeySchema) ? [] : ['its keys']),
    ...(equal(before.LocalSecondaryIndexes ?? [], after.LocalSecondaryIndexes ?? []) ? [] : ['its local indexes']),
    ...before.AttributeDefinitions.filter(({ AttributeName, AttributeType }) =>
      after.AttributeDefinitions.some(
        (one) => one.AttributeName === AttributeName && one.AttributeType !== AttributeType,
      ),
    ).map(({ AttributeName }) => `the type of ${AttributeName}`),
  ]
  if (changed.length === 0) return []
  return [
    `${table}: ${changed.join(' and ')} cannot change in place, so CloudFormation would create a new, empty table. Add a second table and move the items: docs/runbooks/restore.md shows how a stage changes its table.`,
  ]
}

function indexConflicts(table: string, before: TableProperties, after: TableProperties): string[] {
  const [old, wanted] = [byName(before), byName(after)]
  const altered = [...wanted.keys()].filter((name) => old.has(name) && !equal(old.get(name), wanted.get(name)))
  const created = [...wanted.keys()].filter((name) => !old.has(name))
  const deleted = [...old.keys()].filter((name) => !wanted.has(name))
  const steps = [...created.map((name) => `create ${name}`), ...deleted.map((name) => `delete ${name}`)]
  return [
    ...altered.map(
      (name) =>
        `${table}: the keys or the projection of index ${name} change, and an index cannot be altered. Create an index with a new name, deploy, query it, then delete ${name}.`,
    ),
    ...(steps.length > 1
      ? [
          `${table}: one deployment can change one index, and this one would ${steps.join(', ')}. Deploy them one by one.`,
        ]
      : []),
  ]
}

function loweredThroughput(table: string, before: WarmThroughput, after: WarmThroughput): string[] {
  const lowered = (['ReadUnitsPerSecond', 'WriteUnitsPerSecond'] as const).filter(
    (units) => after[units] < before[units],
  )
  return lowered.map(
    (units) =>
      `${table}: the ${units} of its warm throughput would be lowered from ${before[units]} to ${after[units]}, which DynamoDB refuses. Restore warmThroughput in infra/stages.ts, or remove it: the table keeps what it has.`,
  )
}

const byName = ({ GlobalSecondaryIndexes = [] }: TableProperties): ReadonlyMap<string, unknown> =>
  new Map(GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => [IndexName, { KeySchema, Projection }]))

const tablesOf = (template: Template): ReadonlyMap<string, TableProperties> =>
  propertiesOf(template, 'AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table')
