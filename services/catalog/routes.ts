import * as z from 'zod'
import { idempotencyKeyProblem, idempotencyProblems, optionalIdempotencyHeaders } from '#shared/http/idempotency.ts'
import { ifMatchHeaders, ifMatchProblem, ifMatchProblems } from '#shared/http/if-match.ts'
import { pageOf, pageQuery } from '#shared/http/page.ts'
import { defineRoute } from '#shared/http/route.ts'
import { singleLine } from '#shared/text.ts'
import { categories, Product, ProductChange, ProductDetails, ProductImage, ProductStatus } from './domain/product.ts'
import { Availability } from './events.ts'
import { sortOrders } from './ports.ts'
import { maxProductsRead } from './use-cases/list-products.ts'

const ImageView = ProductImage.pick({ width: true, height: true, contentType: true }).extend({ url: z.string() })

/** The public fields of a product: an allow-list. */
export const ProductView = Product.pick({
  productId: true,
  sku: true,
  name: true,
  description: true,
  category: true,
  tags: true,
  price: true,
  status: true,
  version: true,
  createdAt: true,
  updatedAt: true,
}).extend({
  availability: Availability.describe('Whether the product can be ordered now'),
  images: z.array(ImageView),
})

/** With the id that a change of the images needs. */
export const StaffProductView = ProductView.extend({
  images: z.array(
    ImageView.extend({ uploadId: z.string().describe('All sizes of an image have the same, and follow each other') }),
  ),
})

const shortPage = (of: string) =>
  `A page of ${of}, at most ${maxProductsRead} whatever the limit; a search may find fewer, and still have a next page`

export const listProducts = defineRoute({
  operationId: 'listProducts',
  method: 'GET',
  path: '/products',
  access: 'public',
  summary: 'The catalog, filtered and sorted',
  entry: 'list-products',
  query: z.object({
    category: z
      .string()
      .max(60)
      .optional()
      .describe(`One of ${categories.join(', ')}; an unknown category has no products`),
    sort: z.enum(sortOrders).default('newest'),
    q: singleLine(100).optional().describe('Words that must all occur in name, description or tags'),
    ...pageQuery,
  }),
  responses: { 200: { description: shortPage('active products'), schema: pageOf(ProductView) } },
})

export const getProduct = defineRoute({
  operationId: 'getProduct',
  method: 'GET',
  path: '/products/{productId}',
  access: 'public',
  summary: 'One product, including archived products',
  entry: 'get-product',
  parameters: z.object({ productId: z.string().min(1) }),
  example: { parameters: { productId: 'mug-stone-350' } },
  responses: { 200: { description: 'The product', schema: ProductView } },
})

export const adminListProducts = defineRoute({
  operationId: 'adminListProducts',
  method: 'GET',
  path: '/admin/products',
  access: 'staff',
  summary: 'The products as they are now: the active ones, newest first, or the archived ones, last changed first',
  entry: 'admin-list-products',
  query: z.object({
    status: ProductStatus.default('active'),
    category: z.enum(categories).optional(),
    q: singleLine(100).optional().describe('Words that must all occur in name, description or tags'),
    ...pageQuery,
  }),
  responses: { 200: { description: shortPage('products'), schema: pageOf(StaffProductView) } },
})

export const adminGetProduct = defineRoute({
  operationId: 'adminGetProduct',
  method: 'GET',
  path: '/admin/products/{productId}',
  access: 'staff',
  summary: 'One product as it is now, to be changed',
  entry: 'admin-get-product',
  parameters: z.object({ productId: z.string().min(1) }),
  example: { parameters: { productId: 'mug-stone-350' } },
  responses: { 200: { description: 'The product; its version is the ETag', schema: StaffProductView } },
})

export const createProductProblems = {
  'idempotency-key-malformed': idempotencyProblems['idempotency-key-malformed'],
  'idempotency-key-reused': idempotencyProblems['idempotency-key-reused'],
  'sku-exists': { status: 409, title: 'A product has this SKU' },
} as const

export const createProduct = defineRoute({
  operationId: 'createProduct',
  method: 'POST',
  path: '/admin/products',
  access: 'staff',
  summary: 'Add a product to the catalog',
  entry: 'create-product',
  headers: optionalIdempotencyHeaders,
  headersProblem: idempotencyKeyProblem,
  body: ProductDetails.extend({ tags: ProductDetails.shape.tags.default([]) }),
  example: {
    body: {
      sku: 'BOWL-STONE-600',
      name: 'Stoneware Bowl, 600 ml',
      description: 'A bowl for soup or cereal, glazed inside and out.',
      category: 'kitchen',
      tags: ['ceramic', 'dishwasher-safe'],
      price: { amount: 2200, currency: 'EUR' },
    },
  },
  responses: {
    201: { description: 'The product; Location is its path, and its version the ETag', schema: StaffProductView },
  },
  problems: createProductProblems,
})

export const changeProduct = defineRoute({
  operationId: 'changeProduct',
  method: 'PATCH',
  path: '/admin/products/{productId}',
  access: 'staff',
  summary: 'Change a product, or archive it; fields that are not sent stay as they are',
  entry: 'change-product',
  parameters: z.object({ productId: z.string().min(1) }),
  headers: ifMatchHeaders,
  headersProblem: ifMatchProblem,
  body: ProductChange,
  example: {
    parameters: { productId: 'mug-stone-350' },
    headers: { 'if-match': '"1"' },
    body: { price: { amount: 1990, currency: 'EUR' } },
  },
  responses: { 200: { description: 'The product; its new version is the ETag', schema: StaffProductView } },
  problems: ifMatchProblems,
})

export const routes = [listProducts, getProduct, adminListProducts, adminGetProduct, createProduct, changeProduct]
