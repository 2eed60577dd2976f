import { stageNames, stageOf, UnknownStageError, type Stage } from '#infra/stages.ts'
import { UsageError } from './deployment.ts'

/** The stage that `--stage` names. @throws UsageError with those that there are */
export function stageFlag(name: string | undefined): Stage {
  if (name === undefined) throw new UsageError(`Which stage? --stage ${stageNames.join('|')} (--help tells more)`)
  try {
    return stageOf(name)
  } catch (error) {
    if (!(error instanceof UnknownStageError)) throw error
    throw new UsageError(error.message.replace('-c stage=', '--stage '))
  }
}
