/** The application's name in resource names, tags and URNs: lower case, digits and hyphens. */
export const applicationId = 'cartwheel'

/** The application's display name, in emails, messages and the API's description. */
export const applicationName = 'Cartwheel'

/**
 * The CloudWatch namespace of the metrics that functions write themselves. They are told apart by stage and service only, so
 * two applications of one account need two namespaces: the alarms of one would count the other's payments.
 */
export const metricsNamespace = 'EcommerceApp'
