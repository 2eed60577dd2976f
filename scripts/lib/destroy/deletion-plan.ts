/** A resource as it is deployed, and what its template says for the day its stack is deleted. */
export interface FatedResource {
  readonly type: string
  readonly physicalId: string
  readonly isKept: boolean
}

export interface Fates {
  readonly kept: readonly FatedResource[]
  /** Buckets that go, which must be empty by then. */
  readonly buckets: readonly string[]
  readonly goneByType: ReadonlyMap<string, number>
}

/** What becomes of each resource when all stacks are deleted. */
export function fatesOf(resources: readonly FatedResource[]): Fates {
  const gone = resources.filter(({ isKept }) => !isKept)
  const goneByType = new Map<string, number>()
  for (const { type } of gone) goneByType.set(type, (goneByType.get(type) ?? 0) + 1)
  return {
    kept: resources.filter(({ isKept }) => isKept),
    buckets: gone.filter(({ type }) => type === 'AWS::S3::Bucket').map(({ physicalId }) => physicalId),
    goneByType,
  }
}

/** What holds something that nobody could make again, in words. */
const dataTypes: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::GlobalTable': 'table with everything in it',
  'AWS::Cognito::UserPool': 'user pool with all accounts',
  'AWS::S3::Bucket': 'bucket with all objects',
  'AWS::Logs::LogGroup': 'log group',
  'AWS::Events::Archive': 'archive of all events',
}

/** The plan for the person at the terminal, the most dreadful first. */
export function planOf(place: string, stacks: readonly string[], { kept, goneByType }: Fates): string[] {
  const lost = Object.entries(dataTypes)
    .filter(([type]) => goneByType.has(type))
    .map(([type, what]) => `  ${goneByType.get(type)} × ${what}`)
  return [
    `Delete ${stacks.length} stacks for good (${place}).`,
    ...(lost.length > 0 ? ['Gone, with no way back:', ...lost] : []),
    ...(kept.length > 0 ? ['Kept, as the stage wants it:', ...namesOf(kept)] : ['Nothing is kept.']),
  ]
}

/** One line for each resource that stays, log groups only counted. */
export function namesOf(kept: readonly FatedResource[]): string[] {
  const groups = kept.filter(({ type }) => type === 'AWS::Logs::LogGroup').length
  const named = kept.filter(({ type }) => type !== 'AWS::Logs::LogGroup')
  return [
    ...named.map(({ type, physicalId }) => `  ${dataTypes[type] ?? type}: ${physicalId}`),
    ...(groups > 0 ? [`  ${groups} log groups`] : []),
  ]
}
