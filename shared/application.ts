/** The application's name in resource names, tags and URNs: lower case, digits and hyphens. */
export const applicationId = 'cartwheel'

/** The application's display name, in emails, messages and the API's description. */
export const applicationName = 'Cartwheel'
