import type { paths } from '#services/api/schema.d.ts'

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'
type JsonOf<Message> = Message extends { content: { 'application/json': infer Content } } ? Content : never
type Operation<Path extends keyof paths, M extends Method> = NonNullable<paths[Path][M]>

/** The body of an answer. */
export type Answer<Path extends keyof paths, M extends Method, Status extends number> =
  Operation<Path, M> extends { responses: infer Responses }
    ? Status extends keyof Responses
      ? JsonOf<Responses[Status]>
      : never
    : never

/** The body of a request. */
export type Body<Path extends keyof paths, M extends Method> =
  Operation<Path, M> extends { requestBody?: infer Request } ? JsonOf<NonNullable<Request>> : never

export type Product = Answer<'/products/{productId}', 'get', 200>
export type StaffProduct = Answer<'/admin/products/{productId}', 'get', 200>
export type ProductImage = Product['images'][number]
export type Availability = Product['availability']
export type Cart = Answer<'/cart', 'get', 200>
export type Quote = Answer<'/quotes', 'post', 200>
export type QuoteRequest = Body<'/quotes', 'post'>
export type Order = Answer<'/orders/{orderId}', 'get', 200>
export type OrderStatus = Order['status']
export type PlaceOrderRequest = Body<'/orders', 'post'>
export type Address = PlaceOrderRequest['shippingAddress']
export type TrailEntry = Answer<'/orders/{orderId}/events', 'get', 200>['items'][number]
export type Profile = Answer<'/me', 'get', 200>
export type Upload = Answer<'/uploads/{uploadId}', 'get', 200>
export type Stock = Answer<'/admin/inventory/{sku}', 'get', 200>
export type Movement = Answer<'/admin/inventory/{sku}/movements', 'get', 200>['items'][number]
export type AdminOrder = Answer<'/admin/orders/{orderId}', 'get', 200>
export type Discount = Answer<'/admin/discounts', 'get', 200>['items'][number]
export type BusEvent = Answer<'/admin/events', 'get', 200>['items'][number]
export type Operations = Answer<'/admin/operations', 'get', 200>
export type Report = Answer<'/admin/reports', 'get', 200>['items'][number]
