import { routeConflicts } from './route-conflicts.ts'

const desk = (routes: Readonly<Record<string, string>>) => ({
  Resources: Object.fromEntries(
    Object.entries(routes).map(([id, RouteKey]) => [
      id,
      { Type: 'AWS::ApiGatewayV2::Route', Properties: { RouteKey } },
    ]),
  ),
})
const stages = (...keys: string[]) => ({
  Resources: {
    default: { Type: 'AWS::ApiGatewayV2::Stage', Properties: {} },
    api: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { RouteSettings: Object.fromEntries(keys.map((key) => [key, { ThrottlingRateLimit: 1 }])) },
    },
  },
})
const library = (routes: Readonly<Record<string, string>>, ...settings: string[]) =>
  new Map<string, object>([
    ['desk', desk(routes)],
    ['shelf', desk({ find: 'GET /books' })],
    ['operations', stages(...settings)],
  ])

const deployed = library({ lend: 'POST /loans', list: 'GET /loans' }, 'POST /loans', 'GET /books')

test.each([
  ['nothing changes', library({ lend: 'POST /loans', list: 'GET /loans' }, 'POST /loans', 'GET /books')],
  ['a route is added', library({ lend: 'POST /loans', list: 'GET /loans', end: 'DELETE /loans' }, 'DELETE /loans')],
  ['a setting is removed before its route', library({ lend: 'POST /loans', list: 'GET /loans' })],
  ['a route without a setting is removed', library({ lend: 'POST /loans' }, 'POST /loans')],
])('there is no conflict when %s', (_what, wanted) => {
  expect(routeConflicts(deployed, wanted)).toEqual([])
})

test('a first deployment has no conflicts', () => expect(routeConflicts(new Map(), deployed)).toEqual([]))

test('a route cannot be removed while a stage has a setting for it', () => {
  expect(routeConflicts(deployed, library({ list: 'GET /loans' }))).toEqual([
    'desk/lend: the route POST /loans is removed, while a stage of the API has a setting for it. Deploy it with `retired: true` first: CONTRIBUTING.md has the steps.',
  ])
})

test.each([
  ['logical id', library({ borrow: 'POST /loans', list: 'GET /loans' }), 'desk/borrow'],
  [
    'stack',
    new Map([...library({ list: 'GET /loans' }), ['shelf', desk({ lend: 'POST /loans', find: 'GET /books' })]]),
    'shelf/lend',
  ],
])('a route cannot get another %s', (_what, wanted, place) => {
  expect(routeConflicts(deployed, wanted)).toEqual([
    `desk/lend: the route POST /loans becomes ${place}, and an API has each route once. Keep its stack and operationId.`,
  ])
})
