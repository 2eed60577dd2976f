import { crossServiceGrantsOf, type KeyPrefix } from '#infra/grants.ts'
import { services } from '#infra/services.ts'

/** Operations that IAM can restrict to keys. Scan and PartiQL are excluded: their condition keys may be absent. */
const keyedActions = ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem']
const streamActions = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams']

const listOf = (value: unknown): string[] => (value === undefined ? [] : ([value].flat() as string[]))

/** The table access that a function's policy allows beyond its service's items and declared grants. */
export function boundaryProblems(service: string, entry: string, statement: any): string[] {
  const actions = listOf(statement.Action).filter((action) => action.startsWith('dynamodb:'))
  const names = actions.map((action) => action.slice('dynamodb:'.length))
  if (statement.Effect !== 'Allow' || names.length === 0) return []
  if (names.every((name) => streamActions.includes(name))) return []
  const unkeyed = names
    .filter((name) => !keyedActions.includes(name))
    .map((name) => `${name} cannot be restricted to keys`)
  return [
    ...unkeyed,
    ...guardProblems(statement.Condition),
    ...attributeProblems(statement.Condition),
    ...prefixProblems(service, entry, names, statement.Condition),
  ]
}

const guardProblems = (condition: any): string[] =>
  condition?.Null?.['dynamodb:LeadingKeys'] === 'false' ? [] : ['a request without a leading key is allowed']

/** A grant of some attributes must not expose the others through omitted or returned attributes. */
function attributeProblems(condition: any): string[] {
  if (condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes'] === undefined) return []
  const returned = condition.StringEqualsIfExists ?? {}
  const returnValues = listOf(returned['dynamodb:ReturnValues'])
  return [
    ...(condition.Null?.['dynamodb:Attributes'] === 'false' ? [] : ['a request that names no attribute is allowed']),
    ...(returned['dynamodb:Select'] === 'SPECIFIC_ATTRIBUTES' ? [] : ['all attributes may be selected']),
    ...(returnValues.length > 0 && !returnValues.some((value) => value.startsWith('ALL_'))
      ? []
      : ['all attributes may be returned']),
  ]
}

function prefixProblems(service: string, entry: string, names: readonly string[], condition: any): string[] {
  const patterns = listOf(condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'])
  if (patterns.length === 0) return ['any key is allowed']
  const own = services.find(({ name }) => name === service)?.prefixes ?? []
  return patterns.flatMap((pattern) => {
    const prefix = pattern.replace(/\*$/, '') as KeyPrefix
    if (own.includes(prefix)) return []
    const attributes = listOf(condition['ForAllValues:StringEquals']?.['dynamodb:Attributes'])
    const granted = crossServiceGrantsOf(service, entry).some(
      (grant) =>
        grant.prefixes.includes(prefix) &&
        names.every((name) => (grant.actions as readonly string[]).includes(name)) &&
        JSON.stringify(grant.attributes ?? []) === JSON.stringify(attributes),
    )
    return granted ? [] : [`${names.join(', ')} of ${pattern} is neither own nor declared in infra/grants.ts`]
  })
}
