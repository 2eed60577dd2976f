import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { pipelineStackOf, stageOf } from '../stages.ts'
import { MailIdentityStack } from './mail-identity-stack.ts'
import { PipelineStack } from './pipeline-stack.ts'
import { BootstrapRequestError, parseBootstrapRequest } from './request.ts'

/**
 * An app of its own, deployed once by a person, for what stages need beforehand: the role of the pipeline, which cannot
 * create it, and the email identity that several stages share.
 * npx cdk deploy --app "node infra/bootstrap/app.ts" -c repository=OWNER@OWNER-ID/REPO@REPO-ID -c stage=staging
 * npx cdk deploy --app "node infra/bootstrap/app.ts" -c mail=DOMAIN
 */
const app = new App()
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
try {
  const request = parseBootstrapRequest((name) => app.node.tryGetContext(name))
  if (request.kind === 'mail') new MailIdentityStack(app, request.identity)
  else new PipelineStack(app, pipelineStackOf(stageOf(request.stage)), request)
} catch (error) {
  if (!(error instanceof BootstrapRequestError)) throw error
  console.error(error.message)
  process.exit(1)
}
app.synth()
