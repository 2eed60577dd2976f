import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { ApiStack } from './api-stack.ts'
import { DataStack } from './data-stack.ts'
import { EdgeStack } from './edge-stack.ts'
import { IdentityStack } from './identity-stack.ts'
import { OperationsStack } from './operations-stack.ts'
import type { Service } from './service-stack.ts'
import { installedServices, UnknownServiceError } from './services.ts'
import { StageError } from './stage-settings.ts'
import { stageOf, type Stage } from './stages.ts'
import { WebStack } from './web-stack.ts'

/**
 * All stacks of a stage. They name neither account nor region: the same templates are deployed wherever the credentials
 * point, run on one machine, and are equal on every machine that synthesizes them. A cdk-nag finding ends the synthesis
 * unless the resource acknowledges it with a reason.
 */
export function addStacks(app: App, stage: Stage, installed: readonly Service[] = installedServices()): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  const data = new DataStack(app, stage)
  const identity = new IdentityStack(app, stage, data)
  const api = new ApiStack(
    app,
    stage,
    identity,
    installed.map(({ name }) => name),
  )
  const edge = new EdgeStack(app, stage, identity, api)
  const services = installed.map(
    (service) => new service.Stack(app, { stage, service, installed, data, identity, api, edge }),
  )
  const stacks = [data, identity, api, edge, ...services]
  const web = new WebStack(app, { stage, identity, edge, services })
  new OperationsStack(app, { stage, stacks: [...stacks, web], httpApi: api.httpApi, table: data.table })
}

/** Synthesizes the stage that the context names, into the folder CDK_OUTDIR. */
export function writeAssembly(): void {
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

if (import.meta.main) writeAssembly()
