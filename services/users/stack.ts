import type { Construct } from 'constructs'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { routes } from './routes.ts'

/** The sign-up trigger is in the identity stack, the staff authorizer in the API stack. */
export class UsersStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    this.addRoutes(routes, [
      this.tableFunction('get-me', [
        { actions: ['BatchGetItem', 'PutItem'], prefixes: ['USER#'] },
        { actions: ['UpdateItem'], prefixes: ['USER#'], attributes: ['PK', 'SK', 'email'] },
      ]),
    ])
  }
}
