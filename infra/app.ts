import { App } from 'aws-cdk-lib'
import { addStacks } from './cartwheel.ts'
import { stageOf, UnknownStageError } from './stages.ts'

const app = new App()
try {
  addStacks(app, stageOf(app.node.tryGetContext('stage') ?? 'dev'))
} catch (error) {
  if (!(error instanceof UnknownStageError)) throw error
  console.error(error.message)
  process.exit(1)
}
app.synth()
