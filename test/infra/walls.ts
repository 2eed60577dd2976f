import { crossingsOf, ownPrefixes, type ServiceName } from '#infra/grants.ts'

/** Keyed operations of the data plane. Scan and PartiQL are missing on purpose: their condition keys may be absent. */
const keyedActions = ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem']
const streamActions = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams']

const listOf = (value: unknown): string[] => (value === undefined ? [] : ([value].flat() as string[]))

/** What is wrong with a statement of a function's policy, as far as the table goes; nothing: an empty list. */
export function trespasses(service: ServiceName, entry: string, statement: any): string[] {
  const actions = listOf(statement.Action).filter((action) => action.startsWith('dynamodb:'))
  const names = actions.map((action) => action.slice('dynamodb:'.length))
  if (statement.Effect !== 'Allow' || names.length === 0) return []
  if (names.every((name) => streamActions.includes(name))) return []
  const unkeyed = names.filter((name) => !keyedActions.includes(name)).map((name) => `${name} cannot be held to keys`)
  return [
    ...unkeyed,
    ...guardProblems(statement.Condition),
    ...attributeProblems(statement.Condition),
    ...prefixProblems(service, entry, names, statement.Condition),
  ]
}

const guardProblems = (condition: any): string[] =>
  condition?.Null?.['dynamodb:LeadingKeys'] === 'false' ? [] : ['a request without a leading key would pass']

/** A grant of some attributes must not give the others back by what a request leaves open or asks to be returned. */
function attributeProblems(condition: any): string[] {
  if (condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes'] === undefined) return []
  const returned = condition.StringEqualsIfExists ?? {}
  const returnValues = listOf(returned['dynamodb:ReturnValues'])
  return [
    ...(condition.Null?.['dynamodb:Attributes'] === 'false' ? [] : ['a request that names no attribute would pass']),
    ...(returned['dynamodb:Select'] === 'SPECIFIC_ATTRIBUTES' ? [] : ['all attributes may be selected']),
    ...(returnValues.length > 0 && !returnValues.some((value) => value.startsWith('ALL_'))
      ? []
      : ['all attributes may be returned']),
  ]
}

function prefixProblems(service: ServiceName, entry: string, names: readonly string[], condition: any): string[] {
  const patterns = listOf(condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'])
  if (patterns.length === 0) return ['any key may be reached']
  const own: readonly string[] = ownPrefixes[service]
  return patterns.flatMap((pattern) => {
    const prefix = pattern.replace(/\*$/, '')
    if (own.includes(prefix)) return []
    const attributes = listOf(condition['ForAllValues:StringEquals']?.['dynamodb:Attributes'])
    const granted = crossingsOf(service, entry).some(
      (crossing) =>
        crossing.prefixes.includes(prefix as `${string}#`) &&
        names.every((name) => (crossing.actions as readonly string[]).includes(name)) &&
        JSON.stringify(crossing.attributes ?? []) === JSON.stringify(attributes),
    )
    return granted ? [] : [`${names.join(', ')} of ${pattern} is neither own nor granted`]
  })
}
