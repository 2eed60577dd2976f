import { isoSeconds, type BusEvent } from './event.ts'
import type { Json } from './pattern-condition.ts'
import type { Target } from './registry.ts'

/** The payload of a target: the event, a constant, a part of the event, or a template with parts of it. */
type TargetInput = { readonly ok: true; readonly payload: Json } | { readonly ok: false; readonly problem: string }

export function targetInput(
  target: Target,
  event: BusEvent,
  rule: { arn: string; name: string },
  nowMs: number,
): TargetInput {
  if (target.Input !== undefined) return parsed(target.Input)
  if (target.InputPath !== undefined) return { ok: true, payload: select(event, target.InputPath) ?? null }
  if (target.InputTransformer !== undefined) return transformed(target.InputTransformer, event, rule, nowMs)
  return { ok: true, payload: event as Json }
}

function transformed(
  transformer: NonNullable<Target['InputTransformer']>,
  event: BusEvent,
  rule: { arn: string; name: string },
  nowMs: number,
): TargetInput {
  const variables: Record<string, Json | undefined> = {
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    'aws.events.event.ingestion-time': isoSeconds(nowMs),
    'aws.events.event': event,
    'aws.events.event.json': event,
  }
  for (const [name, path] of Object.entries(transformer.InputPathsMap ?? {})) variables[name] = select(event, path)
  return parsed(fill(transformer.InputTemplate, variables))
}

/** A variable is inserted as text inside quotes and as JSON outside; without a value it is empty or null. */
function fill(template: string, variables: Record<string, Json | undefined>): string {
  let quoted = false
  return template.replace(/\\.|"|<([\w.-]+)>/gs, (part, name: string | undefined) => {
    if (part === '"') quoted = !quoted
    if (name === undefined || !Object.hasOwn(variables, name)) return part
    const value = variables[name]
    if (!quoted) return JSON.stringify(value ?? null)
    return value === undefined
      ? ''
      : JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value)).slice(1, -1)
  })
}

/** @param path `$`, `$.detail.items[0].sku`, `$.detail['a b']` */
function select(event: Json, path: string): Json | undefined {
  let value: Json | undefined = event
  for (const [, name, quotedName, index] of path.matchAll(/\.([\w$-]+)|\['([^']*)'\]|\[(\d+)\]/g)) {
    const key = name ?? quotedName ?? index!
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, Json>)[key]
  }
  return value
}

function parsed(json: string): TargetInput {
  try {
    return { ok: true, payload: JSON.parse(json) as Json }
  } catch {
    return { ok: false, problem: `The input for the target is not valid JSON: ${json}` }
  }
}

/** @returns why a target's input settings are invalid, so that the rule can be rejected when it is created */
export function inputProblem(target: Target): string | undefined {
  const paths = [target.InputPath, ...Object.values(target.InputTransformer?.InputPathsMap ?? {})]
  const bad = paths.find((path) => path !== undefined && !/^\$(\.[\w$-]+|\['[^']*'\]|\[\d+\])*$/.test(path))
  if (bad !== undefined) return `The JSON path ${bad} is not emulated or not valid.`
  const input = target.Input === undefined ? undefined : parsed(target.Input)
  return input?.ok === false ? input.problem : undefined
}
