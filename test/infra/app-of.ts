import { App } from 'aws-cdk-lib'
import { addStacks } from '#infra/cartwheel.ts'
import type { Stage } from '#infra/stages.ts'

/** The whole app of a stage, in this process. Nobody reads its assets, and another test checks CloudFormation's rules. */
export function appOf(stage: Stage): App {
  const app = new App({
    context: { 'aws:cdk:disable-asset-staging': true, '@aws-cdk/core:validateAgainstDefaultRules': false },
  })
  addStacks(app, stage)
  return app
}
