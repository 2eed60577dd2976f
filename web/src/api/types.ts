import type { paths } from '#services/api/schema.d.ts'

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'
type JsonOf<Message> = Message extends { content: { 'application/json': infer Content } } ? Content : never
type Operation<Path extends keyof paths, M extends Method> = NonNullable<paths[Path][M]>

/** The body of a response. */
export type ResponseBody<Path extends keyof paths, M extends Method, Status extends number> =
  Operation<Path, M> extends { responses: infer Responses }
    ? Status extends keyof Responses
      ? JsonOf<Responses[Status]>
      : never
    : never

/** The body of a request. */
export type Body<Path extends keyof paths, M extends Method> =
  Operation<Path, M> extends { requestBody?: infer Request } ? JsonOf<NonNullable<Request>> : never

export type Product = ResponseBody<'/products/{productId}', 'get', 200>
export type StaffProduct = ResponseBody<'/admin/products/{productId}', 'get', 200>
export type ProductImage = Product['images'][number]
export type Availability = Product['availability']
export type Cart = ResponseBody<'/cart', 'get', 200>
export type Quote = ResponseBody<'/quotes', 'post', 200>
export type QuoteRequest = Body<'/quotes', 'post'>
export type Order = ResponseBody<'/orders/{orderId}', 'get', 200>
export type OrderStatus = Order['status']
export type PlaceOrderRequest = Body<'/orders', 'post'>
export type Address = PlaceOrderRequest['shippingAddress']
export type TrailEntry = ResponseBody<'/orders/{orderId}/events', 'get', 200>['items'][number]
export type Profile = ResponseBody<'/me', 'get', 200>
export type Upload = ResponseBody<'/uploads/{uploadId}', 'get', 200>
export type Stock = ResponseBody<'/admin/inventory/{sku}', 'get', 200>
export type Movement = ResponseBody<'/admin/inventory/{sku}/movements', 'get', 200>['items'][number]
export type AdminOrder = ResponseBody<'/admin/orders/{orderId}', 'get', 200>
export type Discount = ResponseBody<'/admin/discounts', 'get', 200>['items'][number]
export type BusEvent = ResponseBody<'/admin/events', 'get', 200>['items'][number]
export type Operations = ResponseBody<'/admin/operations', 'get', 200>
export type Report = ResponseBody<'/admin/reports', 'get', 200>['items'][number]
