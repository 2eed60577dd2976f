import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { ApiStack } from './api-stack.ts'
import { DataStack } from './data-stack.ts'
import { IdentityStack } from './identity-stack.ts'
import { MediaStack } from './media-stack.ts'
import { OperationsStack } from './operations-stack.ts'
import type { Service } from './service-stack.ts'
import { installedServices, UnknownServiceError } from './services.ts'
import { StageError, stageOf, type Stage } from './stages.ts'

/**
 * All stacks of a stage. They name neither account nor region: the same templates are deployed wherever the credentials
 * point, run on one machine, and are equal on every machine that synthesizes them. A cdk-nag finding ends the synthesis
 * unless the resource acknowledges it with a reason.
 */
export function addStacks(app: App, stage: Stage, installed: readonly Service[] = installedServices()): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  const data = new DataStack(app, stage)
  const media = new MediaStack(app, stage)
  const identity = new IdentityStack(app, stage, data)
  const api = new ApiStack(
    app,
    stage,
    identity,
    installed.map(({ name }) => name),
  )
  const services = installed.map(
    (service) => new service.Stack(app, { stage, service, installed, data, media, identity, api }),
  )
  const stacks = [data, media, identity, api, ...services]
  new OperationsStack(app, { stage, stacks, httpApi: api.httpApi, table: data.table })
}

if (import.meta.main) {
  const app = new App()
  try {
    const services = installedServices(app.node.tryGetContext('without'))
    addStacks(app, stageOf(app.node.tryGetContext('stage') ?? 'dev'), services)
  } catch (error) {
    if (!(error instanceof StageError || error instanceof UnknownServiceError)) throw error
    console.error(error.message)
    process.exit(1)
  }
  app.synth()
}
