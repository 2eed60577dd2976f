import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Parser } from '@asyncapi/parser'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import type * as z from 'zod'
import { build } from '#scripts/lib/templates.ts'
import type { Route } from '#shared/http/route.ts'
import { definedEvents } from '#scripts/lib/events/recorded-events.ts'
import { root } from './synthesized.ts'

await build()
const openApi = readFileSync(join(root, 'dist/api/openapi/openapi.json'), 'utf8')
const asyncApi = readFileSync(join(root, 'dist/api/asyncapi/asyncapi.json'), 'utf8')

const modules: { routes: Route[] }[] = await Promise.all(
  globSync('services/*/routes.ts', { cwd: root }).map((file) => import(join(root, file))),
)
const routes = modules.flatMap((module) => module.routes)

test('the OpenAPI document passes the linter of Redocly, examples included', async () => {
  const config = await createConfig({ extends: ['recommended-strict'] })
  const problems = await lintFromString({ source: openApi, absoluteRef: '/openapi.json', config })
  expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([])
})

test('the types of the API client are of this document (otherwise run npm run api:client)', () => {
  const [firstLine] = readFileSync(join(root, 'services/api/schema.d.ts'), 'utf8').split('\n')
  expect(firstLine).toContain(createHash('sha256').update(openApi).digest('hex'))
})

test('the AsyncAPI document passes the parser of AsyncAPI, and describes every event', async () => {
  const { document, diagnostics } = await new Parser().parse(asyncApi)
  const information = 2
  expect(diagnostics.filter(({ severity }) => severity < information)).toEqual([])
  const described = document!
    .allMessages()
    .all()
    .map((message) => message.name())
  expect(described.toSorted()).toEqual((await definedEvents()).map(({ type }) => type).toSorted())
})

/** Whether a JSON Schema rejects the empty object, by the keywords that the document uses. */
const rejectsNothingSent = ({ required = [], oneOf, anyOf }: any): boolean =>
  required.length > 0 ||
  (oneOf && oneOf.filter((each: any) => !rejectsNothingSent(each)).length !== 1) ||
  (anyOf && anyOf.every(rejectsNothingSent)) ||
  false

test.each(routes.filter(({ body }) => body).map((route) => [route.operationId, route] as const))(
  '%s takes {} exactly when its description allows it',
  (_, { method, path, body }) => {
    const { schema } = JSON.parse(openApi).paths[path][method.toLowerCase()].requestBody.content['application/json']
    expect(rejectsNothingSent(schema)).toBe(!body!.safeParse({}).success)
  },
)

const issuesIn = (where: string, schema: z.ZodType | undefined, value: unknown): string[] =>
  schema?.safeParse(value).error?.issues.map(({ path, message }) => `${[where, ...path].join('.')}: ${message}`) ?? []

const withInput = routes.filter(({ parameters, headers, body }) => parameters ?? headers ?? body)

test.each(withInput.map((route) => [route.operationId, route] as const))(
  '%s has an example that the route accepts',
  (_, { parameters, headers, body, example = {} }) => {
    const rejected = [
      ...issuesIn('example.parameters', parameters, example.parameters),
      ...issuesIn('example.headers', headers, example.headers ?? {}),
      ...issuesIn('example.body', body, example.body),
    ]
    expect(rejected).toEqual([])
  },
)
