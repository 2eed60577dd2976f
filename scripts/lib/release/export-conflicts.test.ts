import { exportConflicts } from './export-conflicts.ts'

const library = (...shelves: [name: string, value: unknown][]) => ({
  Resources: {},
  Outputs: {
    Address: { Value: 'not exported' },
    ...Object.fromEntries(
      shelves.map(([name, Value], index) => [`Output${index}`, { Value, Export: { Name: `library:${name}` } }]),
    ),
  },
})
const reader = (name: string) => ({
  Resources: { desk: { Properties: { Shelf: { 'Fn::ImportValue': `library:${name}` } } } },
})

const deployed = new Map<string, object>([
  ['library', library(['a', { Ref: 'a' }], ['b', { Ref: 'b' }])],
  ['reader', reader('a')],
])

test.each([
  ['an export that no deployed stack imports may be removed', library(['a', { Ref: 'a' }])],
  ['an export may be added', library(['a', { Ref: 'a' }], ['b', { Ref: 'b' }], ['c', { Ref: 'c' }])],
])('%s', (_what, after) => {
  expect(exportConflicts(deployed, new Map([['library', after]]))).toEqual([])
})

test.each([
  ['removed', library(['b', { Ref: 'b' }]), 'is removed'],
  ['changed', library(['a', { Ref: 'other' }], ['b', { Ref: 'b' }]), 'changes'],
])('an export in use cannot be %s, also if its stack imports it no longer', (_what, after, verb) => {
  const wanted = new Map<string, object>([
    ['library', after],
    ['reader', { Resources: {} }],
  ])
  expect(exportConflicts(deployed, wanted)).toEqual([
    `library: the export library:a ${verb}, while it is in use by the deployed reader. Keep it with exportValue for this deployment.`,
  ])
})
