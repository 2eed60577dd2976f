import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { stageOf } from '../stages.ts'
import { PipelineStack } from './pipeline-stack.ts'
import { BootstrapRequestError, parseBootstrapRequest } from './request.ts'

/**
 * An app of its own, deployed once by a person: the pipeline cannot make the role that it takes.
 * npx cdk deploy --app "node infra/bootstrap/app.ts" -c repository=OWNER@OWNER-ID/REPO@REPO-ID -c stage=staging
 */
const app = new App()
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
try {
  const request = parseBootstrapRequest((name) => app.node.tryGetContext(name))
  new PipelineStack(app, `${stageOf(request.stage).prefix}-pipeline`, request)
} catch (error) {
  if (!(error instanceof BootstrapRequestError)) throw error
  console.error(error.message)
  process.exit(1)
}
app.synth()
