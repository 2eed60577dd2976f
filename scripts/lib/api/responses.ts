import type { components, paths } from '#services/api/schema.d.ts'

/** As on the wire: GET, POST … */
export type Method = string

/** `/orders/{orderId}` as a template: `/orders/${string}`. */
type Template<Path extends string> = Path extends `${infer Before}{${string}}${infer After}`
  ? `${Before}${string}${Template<After>}`
  : Path

type WithoutQuery<Path extends string> = Path extends `${infer Before}?${string}` ? Before : Path

/** Templates with a parameter match longer paths too, so that the most segments decide. */
type Segments<Path extends string> = Path extends `${string}/${infer Rest}` ? [0, ...Segments<Rest>] : []

/** The documents of the API have schemas of their own. */
type RoutePath = Exclude<keyof paths, '/openapi.json' | '/asyncapi.json'>

type Described<Path extends string> = {
  [P in RoutePath]: Path extends Template<P> ? (Segments<P> extends Segments<Path> ? P : never) : never
}[RoutePath]

type JsonOf<Message> = Message extends { content: infer Content }
  ? Content extends { 'application/json': infer Body }
    ? Body
    : never
  : never

type ResponseBody<Operation, Status extends number> = Operation extends { responses: infer Responses }
  ? Status extends keyof Responses
    ? JsonOf<Responses[Status]>
    : never
  : never

type SuccessOf<Operation> = Operation extends { responses: infer Responses }
  ? { [Status in keyof Responses]: Status extends 200 | 201 | 202 ? JsonOf<Responses[Status]> : never }[keyof Responses]
  : never

/** What the gateway says, or a problem, which has more members for some codes. */
type Failure = components['schemas']['Problem'] &
  components['schemas']['GatewayMessage'] & {
    readonly quote?: ResponseBody<paths['/quotes']['post'], 200>
  }
type WithProblem<Success> = [Success] extends [never] ? Failure : Success & Omit<Failure, keyof Success>

/**
 * The body of a response as the OpenAPI document describes it: the success, and the members of a problem. A test that expects
 * one of them checks the status. `any` for a path that no route has.
 */
export type BodyOf<M extends Method, Path extends string> =
  Described<WithoutQuery<Path>> extends infer P
    ? [P] extends [never]
      ? any
      : P extends keyof paths
        ? Lowercase<M> extends keyof paths[P]
          ? WithProblem<SuccessOf<paths[P][Lowercase<M>]>>
          : any
        : any
    : any
