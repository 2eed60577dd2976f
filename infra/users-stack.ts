import type { Construct } from 'constructs'
import { routes } from '#services/users/routes.ts'
import { ApiRoutes } from './constructs/api-routes.ts'
import { ServiceStack, type ServiceStackProps } from './service-stack.ts'

/** The sign-up trigger stands with the user pool, the staff authorizer with the API. */
export class UsersStack extends ServiceStack {
  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, 'users', props)
    const getMe = this.tableFunction('get-me', [{ actions: ['GetItem'], prefixes: ['USER#'] }])
    new ApiRoutes(this, { ...props, routes, functions: [getMe] })
  }
}
