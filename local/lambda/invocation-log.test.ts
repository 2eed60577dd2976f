import { placeOf } from './invocation-log.ts'

const source = `at lend (file://${process.cwd()}/services/desk/lend.ts:12:9)`
const bundle = 'at Runtime.lend (file:///tmp/cdk.out/asset.1/index.mjs:1:2345)'
const others = [
  'Error: no shelf',
  '    at node:internal/process/task_queues:104:5',
  '    at parse (/app/node_modules/zod/index.js:3:4)',
]

test.each<[string, string[], string | undefined]>([
  ['the TypeScript source', [...others, `    ${bundle}`, `    ${source}`], 'at lend (services/desk/lend.ts:12:9)'],
  ['the bundle without source maps', [...others, `    ${bundle}`], bundle.replace('file://', '')],
  ['nothing', others, undefined],
  ['nothing without a stack', [], undefined],
])('the place of an error is %s', (_, stack, place) => {
  expect(placeOf(stack)).toBe(place)
})
