import { isDeepStrictEqual as equal } from 'node:util'
import { propertiesOf, type Template } from '../templates.ts'

type Properties = Readonly<Record<string, any>>

const pool = 'AWS::Cognito::UserPool'

/** The immutable settings of a user pool, with their defaults. */
const fixedSettings: readonly (readonly [string, unknown])[] = [
  ['UsernameAttributes', []],
  ['AliasAttributes', []],
  ['UsernameConfiguration', { CaseSensitive: true }],
]

/**
 * The changes of a user pool that cannot be deployed, or would leave its users behind: passwords cannot be exported, so
 * users cannot be moved to another pool.
 *
 * - The pool's logical id: CloudFormation would create a new, empty pool.
 * - Sign-in names and their case sensitivity, and attributes once they are declared: "You can't change some settings after
 *   you create a user pool" (Cognito developer guide, Updating user pool and app client configuration).
 * - Attributes without a type: Cognito refuses every later update of the pool with "Invalid AttributeDataType input".
 *
 * @param deployed the deployed template of a stack
 * @param wanted the synthesized template of the same stack
 * @returns a sentence for each conflict with its fix
 */
export function poolConflicts(deployed: Template, wanted: Template): string[] {
  const [before, after] = [propertiesOf(deployed, pool), propertiesOf(wanted, pool)]
  return [
    ...[...before.keys()]
      .filter((id) => !after.has(id))
      .map(
        (id) =>
          `${id}: the user pool is no longer in the template, or under another logical id, and its users cannot be moved to a new one. Keep its construct's path and id.`,
      ),
    ...[...after].flatMap(([id, properties]) => [
      ...untyped(id, properties),
      ...(before.has(id) ? changes(id, before.get(id), properties) : []),
    ]),
  ]
}

function changes(id: string, before: Properties, after: Properties): string[] {
  const settings = fixedSettings
    .filter(([name, byDefault]) => !equal(before[name] ?? byDefault, after[name] ?? byDefault))
    .map(([name]) => name)
  // Without the property the pool keeps its attributes.
  const attributes = [...(after['Schema'] ? schemaOf(before) : [])]
    .filter(([name, definition]) => schemaOf(after).get(name) !== definition)
    .map(([name]) => `the attribute ${name}`)
  const added = [...schemaOf(after)]
    .filter(([name, definition]) => !schemaOf(before).has(name) && definition.includes('"Required":true'))
    .map(([name]) => `the required attribute ${name}`)
  return [...settings, ...attributes, ...added].map(
    (what) => `${id}: ${what} of the user pool changes, which Cognito refuses after its creation. Restore it.`,
  )
}

const untyped = (id: string, { Schema = [] }: Properties): string[] =>
  (Schema as Properties[])
    .filter(({ AttributeDataType }) => AttributeDataType === undefined)
    .map(
      ({ Name }) =>
        `${id}: the attribute ${Name} has no AttributeDataType, for which Cognito refuses later updates of the user pool. Add its type, or do not declare it.`,
    )

const schemaOf = ({ Schema = [] }: Properties): ReadonlyMap<string, string> =>
  new Map((Schema as Properties[]).map((attribute) => [attribute['Name'], JSON.stringify(sorted(attribute))]))

const sorted = (value: Properties) => Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
