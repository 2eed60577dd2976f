import { Stack, Tags, Validations, type App } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { ApiStack } from './api-stack.ts'
import { CatalogStack } from './catalog-stack.ts'
import { budgetTag } from './constructs/stage-budget.ts'
import { DataStack } from './data-stack.ts'
import { EventRelayStack } from './event-relay-stack.ts'
import { IdentityStack } from './identity-stack.ts'
import { InventoryStack } from './inventory-stack.ts'
import { MediaStack } from './media-stack.ts'
import { NotificationsStack } from './notifications-stack.ts'
import { OperationsStack } from './operations-stack.ts'
import { OrdersStack } from './orders-stack.ts'
import type { Stage } from './stages.ts'
import { ThumbnailsStack } from './thumbnails-stack.ts'
import { UsersStack } from './users-stack.ts'

/**
 * All stacks of a stage, each after those that it stands on. They name neither account nor region: the same templates
 * go wherever the credentials point, run on one machine, and come out equal on every machine that makes them. A finding
 * of AWS's rules for good solutions ends the synthesis, unless the resource says why it is accepted.
 */
export function addStacks(app: App, stage: Stage): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  const tags = { application: 'cartwheel', stage: stage.name, [budgetTag]: stage.prefix }
  for (const [name, value] of Object.entries(tags)) Tags.of(app).add(name, value)
  const idOf = (name: string) => `${stage.prefix}-${name}`
  const { table, bus, unpublished } = new DataStack(app, idOf('data'), { stage })
  const media = new MediaStack(app, idOf('media'), { stage })
  const { userPool, client } = new IdentityStack(app, idOf('identity'), { stage, table })
  const api = new ApiStack(app, idOf('api'), { stage, userPool, client })

  const ofService = { stage, table, bus, api }
  new CatalogStack(app, idOf('catalog'), { ...ofService, media })
  new UsersStack(app, idOf('users'), ofService)
  new OrdersStack(app, idOf('orders'), ofService)
  new InventoryStack(app, idOf('inventory'), ofService)
  new ThumbnailsStack(app, idOf('thumbnails'), { ...ofService, media })
  new NotificationsStack(app, idOf('notifications'), ofService)
  new EventRelayStack(app, idOf('event-relay'), { stage, table, bus, unpublished })

  new OperationsStack(app, idOf('operations'), { stage, httpApi: api.httpApi, table })

  // Resources have their tags already; those of the stack itself say whose it is before anything of it is touched.
  for (const stack of app.node.findAll().filter((construct) => Stack.isStack(construct))) {
    for (const [name, value] of Object.entries(tags)) stack.addStackTag(name, value)
  }
}
