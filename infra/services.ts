import { prefixes as cartPrefixes } from '#services/cart/keys.ts'
import { prefixes as activityPrefixes } from '#services/activity/keys.ts'
import * as catalogEvents from '#services/catalog/events.ts'
import { prefixes as catalogPrefixes } from '#services/catalog/keys.ts'
import * as inventoryEvents from '#services/inventory/events.ts'
import { prefixes as inventoryPrefixes } from '#services/inventory/keys.ts'
import { prefixes as notificationsPrefixes } from '#services/notifications/keys.ts'
import * as ordersEvents from '#services/orders/events.ts'
import { prefixes as ordersPrefixes } from '#services/orders/keys.ts'
import * as paymentsEvents from '#services/payments/events.ts'
import { prefixes as paymentsPrefixes } from '#services/payments/keys.ts'
import { prefixes as pricingPrefixes } from '#services/pricing/keys.ts'
import * as reportingEvents from '#services/reporting/events.ts'
import { prefixes as reportingPrefixes } from '#services/reporting/keys.ts'
import * as shippingEvents from '#services/shipping/events.ts'
import { prefixes as shippingPrefixes } from '#services/shipping/keys.ts'
import * as thumbnailsEvents from '#services/thumbnails/events.ts'
import { prefixes as thumbnailsPrefixes } from '#services/thumbnails/keys.ts'
import * as usersEvents from '#services/users/events.ts'
import { prefixes as usersPrefixes } from '#services/users/keys.ts'
import { CartStack } from '#services/cart/stack.ts'
import { ActivityStack } from '#services/activity/stack.ts'
import { CatalogStack } from '#services/catalog/stack.ts'
import { EventRelayStack } from '#services/event-relay/stack.ts'
import { InventoryStack } from '#services/inventory/stack.ts'
import { leftOut } from './left-out.ts'
import { NotificationsStack } from '#services/notifications/stack.ts'
import { OrdersStack } from '#services/orders/stack.ts'
import { PaymentsStack } from '#services/payments/stack.ts'
import { PricingStack } from '#services/pricing/stack.ts'
import { ReportingStack } from '#services/reporting/stack.ts'
import type { Service } from './service-stack.ts'
import { ShippingStack } from '#services/shipping/stack.ts'
import { ThumbnailsStack } from '#services/thumbnails/stack.ts'
import { UsersStack } from '#services/users/stack.ts'

/** Every service, in the order of the dashboard. The service `api` is not among them: its functions are in the API stack. */
export const services: readonly Service[] = [
  { name: 'catalog', optional: false, prefixes: catalogPrefixes, events: catalogEvents, Stack: CatalogStack },
  { name: 'users', optional: false, prefixes: usersPrefixes, events: usersEvents, Stack: UsersStack },
  { name: 'pricing', optional: false, prefixes: pricingPrefixes, events: {}, Stack: PricingStack },
  { name: 'orders', optional: false, prefixes: ordersPrefixes, events: ordersEvents, Stack: OrdersStack },
  { name: 'cart', optional: true, prefixes: cartPrefixes, events: {}, Stack: CartStack },
  { name: 'inventory', optional: true, prefixes: inventoryPrefixes, events: inventoryEvents, Stack: InventoryStack },
  { name: 'payments', optional: true, prefixes: paymentsPrefixes, events: paymentsEvents, Stack: PaymentsStack },
  { name: 'shipping', optional: true, prefixes: shippingPrefixes, events: shippingEvents, Stack: ShippingStack },
  {
    name: 'thumbnails',
    optional: true,
    prefixes: thumbnailsPrefixes,
    events: thumbnailsEvents,
    Stack: ThumbnailsStack,
  },
  { name: 'notifications', optional: true, prefixes: notificationsPrefixes, events: {}, Stack: NotificationsStack },
  { name: 'reporting', optional: true, prefixes: reportingPrefixes, events: reportingEvents, Stack: ReportingStack },
  { name: 'activity', optional: true, prefixes: activityPrefixes, events: {}, Stack: ActivityStack },
  { name: 'event-relay', optional: false, prefixes: [], events: {}, Stack: EventRelayStack },
]

/** A mistake in `-c without=`, for one line without a stack trace. */
export class UnknownServiceError extends Error {}

/**
 * The services of a deployment.
 * @param without more optional services to leave out, separated by commas, as `-c without=` names them
 * @throws UnknownServiceError for a name that is not an optional service
 */
export function installedServices(without: unknown = ''): readonly Service[] {
  const names = [...leftOut, ...String(without).split(',')].filter((name) => name !== '')
  const optional = services.filter((service) => service.optional).map(({ name }) => name)
  const unknown = names.find((name) => !optional.includes(name))
  if (unknown !== undefined) {
    throw new UnknownServiceError(`${unknown} cannot be left out. The optional services are ${optional.join(', ')}.`)
  }
  return services.filter(({ name }) => !names.includes(name))
}
