import type { Step } from '../sequence.ts'
import type { Chance } from './chance.ts'

/** An error in a request, applied to its input or to one of its actions. */
const mistakes: readonly ((target: any, chance: Chance) => void)[] = [
  (target) => void (target.TableName = 'parity-nowhere'),
  (target, chance) => changeKey(target, (key) => void delete key[chance.pick(Object.keys(key))]),
  (target, chance) => changeKey(target, (key) => void (key[chance.pick(Object.keys(key))] = { S: '' })),
  (target, chance) => changeKey(target, (key) => void (key[chance.pick(Object.keys(key))] = { BOOL: true })),
  (target) => changeKey(target, (key) => void (key.other = { S: 'x' })),
  (target) => changeKey(target, (key) => void (key.n = { N: 'many' })),
  (target) => changeKey(target, (key) => void (key.ss = { SS: [] })),
  (target) => changeKey(target, (key) => void (key.ss = { SS: ['a', 'a'] })),
  (target) => changeKey(target, (key) => void (key.s = {})),
  (target) => void (target.ExpressionAttributeValues = { ...target.ExpressionAttributeValues, ':unused': { S: 'x' } }),
  (target) => void (target.ExpressionAttributeNames = { ...target.ExpressionAttributeNames, '#unused': 'x' }),
  (target) => void (target.ConditionExpression = 'n = :missing'),
  (target) => void (target.ConditionExpression = '#missing = n'),
  (target) => void (target.ConditionExpression = 'n = '),
  (target) => void (target.ConditionExpression = ''),
  (target) => void (target.ConditionExpression = 'size(n)'),
  (target) => void (target.ConditionExpression = 'unheard_of(n)'),
  (target) => void (target.ExpressionAttributeValues = {}),
  (target) => void (target.ReturnValues = 'EVERYTHING'),
  (target) => void (target.Limit = 0),
]

function changeKey(target: any, change: (key: any) => void): void {
  const key = target.Key ?? target.Item
  if (key) change(key)
}

/** Makes one mistake in a step. */
export function mistaken(chance: Chance, step: Step): Step {
  if (step.kind === 'stream') return step
  const copy = structuredClone(step)
  const actions = (copy.input.TransactItems ?? []).flatMap((entry: object) => Object.values(entry))
  chance.pick(mistakes)(actions.length > 0 ? chance.pick(actions) : copy.input, chance)
  return copy
}
