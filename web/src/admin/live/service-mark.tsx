/** The services with a color of their own in live.css. */
const colored = new Set(['orders', 'inventory', 'payments', 'shipping', 'catalog', 'media', 'users'])

/** The class that sets `--service` to a service's color. */
export const serviceClass = (service: string): string => `service-${colored.has(service) ? service : 'other'}`

export const ServiceMark = ({ service }: { readonly service: string }) => (
  <span className={`service-mark ${serviceClass(service)}`}>{service}</span>
)
