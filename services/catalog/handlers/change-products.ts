import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { idempotentRequest, replay } from '#shared/http/idempotency.ts'
import { etagOf, matchesVersion, versionChanged } from '#shared/http/if-match.ts'
import { commonProblems, problem, validationFailed } from '#shared/http/problem.ts'
import type { IdempotentResponse } from '#shared/idempotency.ts'
import { logger } from '#shared/lambda/telemetry.ts'
import { unreachable } from '#shared/result.ts'
import type { Backoff } from '#shared/retry.ts'
import type { OfferedProduct } from '../domain/product.ts'
import type { ProductChanges, ProductWriter } from '../ports.ts'
import * as routes from '../routes.ts'
import { changeExpectedProduct, type ChangeProductFailure } from '../use-cases/change-product.ts'
import { createProduct } from '../use-cases/create-product.ts'
import { viewProductForStaff, type ViewOptions } from './view-product.ts'

export interface CreateProductDependencies {
  readonly products: ProductWriter
  readonly view: ViewOptions
  readonly now: () => Date
}

export const createProductHandler = ({ products, view, now }: CreateProductDependencies) =>
  apiHandler(routes.createProduct, async (request): Promise<ApiReply> => {
    const { headers, body: details, cause } = request
    const key = headers['idempotency-key']
    const keyed =
      key === undefined
        ? undefined
        : idempotentRequest(routes.createProduct, { ...request, headers: { 'idempotency-key': key } })
    const responseOf = created(view)
    const once = keyed && { request: keyed, responseOf }
    logger.appendKeys({ sku: details.sku })
    const availability = view.isStockCounted ? 'out-of-stock' : undefined
    const outcome = await createProduct(products, { details, availability, time: now(), cause, once })
    if (!outcome.ok) return { problem: creationProblems[outcome.failure] }
    return outcome.value.kind === 'created' ? responseOf(outcome.value.product) : replay(outcome.value.stored, keyed!)
  })

const created =
  (view: ViewOptions) =>
  (product: OfferedProduct): IdempotentResponse => ({
    status: 201,
    headers: { location: `/products/${product.productId}`, etag: etagOf(product.version) },
    body: viewProductForStaff(product, view),
  })

const contended = problem(commonProblems, 'conflict', 'Nothing was stored; send the request again.', {
  headers: { 'retry-after': '1' },
})

const creationProblems = {
  'sku-exists': problem(routes.createProductProblems, 'sku-exists', 'Change the existing product, or use another SKU.'),
  contended,
}

export interface ChangeProductDependencies {
  readonly products: ProductChanges
  readonly view: ViewOptions
  readonly now: () => Date
  readonly backoff: Backoff
}

export const changeProductHandler = ({ products, view, now, backoff }: ChangeProductDependencies) =>
  apiHandler(routes.changeProduct, async ({ parameters: { productId }, headers, body: change, cause }) => {
    const isExpected = (version: number) => matchesVersion(headers['if-match'], version)
    logger.appendKeys({ product_id: productId })
    const outcome = await changeExpectedProduct(products, {
      productId,
      change,
      isExpected,
      time: now(),
      cause,
      backoff,
    })
    if (!outcome.ok) return { problem: changeProblem(outcome.failure) }
    const { value: product } = outcome
    return { status: 200, headers: { etag: etagOf(product.version) }, body: viewProductForStaff(product, view) }
  })

function changeProblem(failure: ChangeProductFailure) {
  switch (failure.kind) {
    case 'no-product':
      return problem(commonProblems, 'not-found', 'The product does not exist.')
    case 'version-changed':
      return versionChanged()
    case 'stale':
      return contended
    case 'invalid-images':
      return validationFailed(
        failure.positions.map((position) => ({
          pointer: `/images/${position}`,
          detail: 'This is not an image of the product, or it is repeated.',
        })),
      )
    default:
      return unreachable(failure)
  }
}
