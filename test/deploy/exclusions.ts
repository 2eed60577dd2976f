/** A test of the end-to-end suite that cannot pass on the target, and the test that covers it. */
export interface Exclusion {
  /** The file of the excluded test. */
  readonly file: string
  /** Its title without the titles of its groups. */
  readonly test: string
  readonly reason: string
  readonly coveredBy: { readonly file: string; readonly test: string }
}

const noApiOrigin = 'MiniStack returns 502 for a distribution whose origin is an HTTP API.'
const web = 'test/e2e/web.test.ts'
const edge = 'test/infra/edge.test.ts'

export const exclusions: readonly Exclusion[] = [
  {
    file: web,
    test: 'a path that the API does not have is its own 404 and no page',
    reason: noApiOrigin,
    coveredBy: { file: edge, test: 'runs for pages only, so that a 404 of the API stays one' },
  },
  {
    file: web,
    test: 'a product is the same as at the API, without the ids of the caller that it was first sent to',
    reason: noApiOrigin,
    coveredBy: { file: edge, test: 'a cached response has no ids of the caller that it was first made for' },
  },
  {
    file: web,
    test: 'a product is cached, and its earlier absence is not',
    reason: noApiOrigin,
    coveredBy: {
      file: edge,
      test: 'the catalog is cached by path and query only as long as its Cache-Control allows',
    },
  },
  {
    file: web,
    test: 'a customer gets their own responses, and addresses below /api',
    reason: noApiOrigin,
    coveredBy: {
      file: edge,
      test: 'no private response is cached: the API behind /api/* gets the whole request, and nothing of it is kept',
    },
  },
]
