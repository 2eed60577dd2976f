import { Option } from 'commander'
import { stageNames } from '#infra/stages.ts'

/** `--stage`, one of the stages in infra/stages.ts. */
export const stageOption = (): Option => new Option('--stage <stage>', 'the stage').choices(stageNames)
