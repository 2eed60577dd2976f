/** A JSON Schema, as zod writes it. */
export type Schema = any

/** Keywords that do not restrict values. */
const annotations: ReadonlySet<string> = new Set(['$schema', 'title', 'description', 'examples', 'deprecated'])

/**
 * The incompatibilities between two schemas of one version of an event. Publishers and subscribers are not deployed
 * atomically, and the archive stores old events: data of the recorded schema must be valid for the current schema, and
 * vice versa. A version may therefore only gain optional fields, which other code ignores.
 *
 * @param path of the schemas in the data, as a JSON pointer
 * @returns a sentence for each difference that is not allowed, beginning with its path
 */
export function incompatibilities(recorded: Schema, current: Schema, path = ''): string[] {
  const [before, after] = [meaningful(recorded), meaningful(current)]
  const kinds = [kindOf(before), kindOf(after)]
  if (kinds[0] !== kinds[1])
    return [`${path || '/'} was ${kinds[0]} and is ${kinds[1]}: neither side can read the other's.`]
  const keywords = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keywords.flatMap((keyword) => differences(keyword, before, after, path))
}

function differences(keyword: string, before: Schema, after: Schema, path: string): string[] {
  switch (keyword) {
    case 'properties':
      return properties(before, after, path)
    case 'required':
      // Reported with the properties.
      return []
    case 'items':
      return incompatibilities(before.items, after.items, `${path}/*`)
    case 'enum':
      return values(before.enum, after.enum, path)
    case 'anyOf':
    case 'oneOf':
    case 'allOf':
      return alternatives(before[keyword] ?? [], after[keyword] ?? [], path)
    default:
      if (JSON.stringify(before[keyword]) === JSON.stringify(after[keyword])) return []
      return [
        `${path || '/'}: ${keyword} was ${text(before[keyword])} and is ${text(after[keyword])}: a value that one side allows may be invalid for the other.`,
      ]
  }
}

function properties(before: Schema, after: Schema, path: string): string[] {
  const [was, is] = [before.properties ?? {}, after.properties ?? {}]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  return names.flatMap((name) => {
    const at = `${path}/${name}`
    const isRequired = (schema: Schema) => (schema.required ?? []).includes(name)
    if (!(name in is)) return [`${at} is removed: subscribers may still read it.`]
    if (!(name in was))
      return isRequired(after) ? [`${at} is new and required: events that were published before do not have it.`] : []
    if (!isRequired(before) && isRequired(after))
      return [`${at} is now required: events that were published before may not have it.`]
    if (isRequired(before) && !isRequired(after))
      return [`${at} is now optional: subscribers with older code require it.`]
    return incompatibilities(was[name], is[name], at)
  })
}

function values(before: readonly unknown[] = [], after: readonly unknown[] = [], path: string): string[] {
  const [removed, added] = [without(before, after), without(after, before)]
  return [
    ...(removed.length > 0
      ? [`${path} no longer accepts ${text(removed)}: events that were published before have it.`]
      : []),
    ...(added.length > 0 ? [`${path} now accepts ${text(added)}: subscribers with older code reject it.`] : []),
  ]
}

function alternatives(before: readonly Schema[], after: readonly Schema[], path: string): string[] {
  if (before.length !== after.length)
    return [
      `${path || '/'} was one of ${before.length} shapes and is one of ${after.length}: older code does not know all of them.`,
    ]
  return before.flatMap((schema, index) => incompatibilities(schema, after[index], path))
}

/** Without annotations, and without a pattern beside a format, which is zod's implementation of that format. */
function meaningful(schema: Schema = {}): Schema {
  const kept = Object.entries(schema).filter(
    ([keyword]) => !annotations.has(keyword) && !(keyword === 'pattern' && 'format' in schema),
  )
  return Object.fromEntries(kept)
}

const kindOf = (schema: Schema): string =>
  (Array.isArray(schema.type) ? schema.type.join(' or ') : schema.type) ??
  ['anyOf', 'oneOf', 'allOf', 'enum', 'const'].find((keyword) => keyword in schema) ??
  'anything'

const without = (some: readonly unknown[], others: readonly unknown[]) =>
  some.filter((value) => !others.includes(value))

const text = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value))
