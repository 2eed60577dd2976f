import { inDependencyOrder } from './template.ts'

const order = (graph: Record<string, string[]>) =>
  inDependencyOrder(Object.keys(graph), (name) => graph[name]!, 'things')

test('each name follows its dependencies, otherwise in the given order', () => {
  expect(order({ a: ['c'], b: [], c: ['b', 'elsewhere'], d: [] })).toEqual(['b', 'c', 'a', 'd'])
  expect(order({ a: ['c', 'b'], b: ['d'], c: ['d'], d: [] })).toEqual(['d', 'c', 'b', 'a'])
})

test.each([
  [{ a: ['a'] }, 'a → a'],
  [{ x: ['a'], a: ['b'], b: ['c'], c: ['a'] }, 'a → b → c → a'],
])('a cycle is reported: %j', (graph, cycle) => {
  expect(() => order(graph as unknown as Record<string, string[]>)).toThrow(
    `The things depend on each other: ${cycle}.`,
  )
})
