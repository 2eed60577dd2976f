/** A JSON Schema, as zod writes it. */
export type Schema = any

/** Says something to readers and nothing about values. */
const annotations: ReadonlySet<string> = new Set(['$schema', 'title', 'description', 'examples', 'deprecated'])

/**
 * What makes two schemas of one version of an event incompatible. Publishers and subscribers are never deployed at the
 * same moment, and the archive keeps old events: data of the recorded schema must do for code of the current one, and the
 * other way round. So a version may only gain optional fields, which those who do not know them ignore.
 *
 * @param path where the schemas stand in the data, as a JSON pointer
 * @returns a sentence for each difference that is not allowed, beginning with its path
 */
export function incompatibilities(recorded: Schema, current: Schema, path = ''): string[] {
  const [before, after] = [meaningful(recorded), meaningful(current)]
  const kinds = [kindOf(before), kindOf(after)]
  if (kinds[0] !== kinds[1])
    return [`${path || '/'} was ${kinds[0]} and is ${kinds[1]}: neither side reads the other's.`]
  const keywords = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keywords.flatMap((keyword) => differences(keyword, before, after, path))
}

function differences(keyword: string, before: Schema, after: Schema, path: string): string[] {
  switch (keyword) {
    case 'properties':
      return properties(before, after, path)
    case 'required':
      // Told with the properties, of which it is a part.
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
        `${path || '/'}: ${keyword} was ${said(before[keyword])} and is ${said(after[keyword])}: what one side allows, the other may refuse.`,
      ]
  }
}

function properties(before: Schema, after: Schema, path: string): string[] {
  const [was, is] = [before.properties ?? {}, after.properties ?? {}]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  return names.flatMap((name) => {
    const at = `${path}/${name}`
    const demanded = (schema: Schema) => (schema.required ?? []).includes(name)
    if (!(name in is)) return [`${at} is gone: subscribers may still read it.`]
    if (!(name in was))
      return demanded(after) ? [`${at} is new and required: events that were published before lack it.`] : []
    if (!demanded(before) && demanded(after))
      return [`${at} is required now: events that were published before may lack it.`]
    if (demanded(before) && !demanded(after)) return [`${at} is optional now: subscribers of older code require it.`]
    return incompatibilities(was[name], is[name], at)
  })
}

function values(before: readonly unknown[] = [], after: readonly unknown[] = [], path: string): string[] {
  const [gone, added] = [without(before, after), without(after, before)]
  return [
    ...(gone.length > 0 ? [`${path} no longer takes ${said(gone)}: events that were published before have it.`] : []),
    ...(added.length > 0 ? [`${path} takes ${said(added)} now: subscribers of older code refuse it.`] : []),
  ]
}

function alternatives(before: readonly Schema[], after: readonly Schema[], path: string): string[] {
  if (before.length !== after.length)
    return [
      `${path || '/'} was one of ${before.length} shapes and is one of ${after.length}: not all code knows all of them.`,
    ]
  return before.flatMap((schema, index) => incompatibilities(schema, after[index], path))
}

/** Without annotations. A pattern beside a format is the library's way to check that format, and may change with it. */
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

const said = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value))
