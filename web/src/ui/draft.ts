/** @returns what was typed since `sent`, in the content that was saved; undefined for nothing */
export function typedSince<Draft extends object>(sent: Draft, now: Draft, saved: Draft): Draft | undefined {
  const fields = (Object.keys(now) as (keyof Draft)[]).filter(
    (field) => JSON.stringify(now[field]) !== JSON.stringify(sent[field]),
  )
  if (fields.length === 0) return undefined
  return { ...saved, ...Object.fromEntries(fields.map((field) => [field, now[field]])) }
}

/** Only the fields that the form still has. */
export function withFields<Draft extends object>(initial: Draft, fields: Partial<Draft> = {}): Draft {
  const names = Object.keys(initial) as (keyof Draft)[]
  return { ...initial, ...Object.fromEntries(names.flatMap((each) => (each in fields ? [[each, fields[each]]] : []))) }
}
