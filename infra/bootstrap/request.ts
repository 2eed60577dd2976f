import { emailIdentities, stageNames, type StageName } from '../stages.ts'

export type BootstrapRequest = PipelineRequest | MailRequest

export interface MailRequest {
  readonly kind: 'mail'
  /** The `mail.identity` of a stage. */
  readonly identity: string
}

export interface PipelineRequest {
  readonly kind: 'pipeline'
  /**
   * As GitHub names it in the subject of its tokens: `OWNER@OWNER-ID/REPO@REPO-ID`, or `OWNER/REPO` for one that was made
   * before July 2026 and has not asked for the ids (GitHub's changelog of 2026-04-23).
   */
  readonly repository: string
  /** Also the name of the environment in GitHub. */
  readonly stage: StageName
  /** Whether the account has GitHub's OIDC provider already: an account can have one only. */
  readonly provider: 'new' | 'existing'
}

/** A mistake in the arguments, reported in one line without a stack trace. */
export class BootstrapRequestError extends Error {}

/** GitHub's own rules for both names. A star would admit more than one repository. */
const ownerName = '[A-Za-z0-9][A-Za-z0-9-]{0,38}'
const repositoryName = '[A-Za-z0-9._-]{1,100}'
const repositoryPattern = new RegExp(`^(?:${ownerName}@\\d+/${repositoryName}@\\d+|${ownerName}/${repositoryName})$`)

const example = '-c repository=OWNER@OWNER-ID/REPO@REPO-ID -c stage=staging'

/**
 * @param context value of a `-c NAME=VALUE`
 * @throws BootstrapRequestError
 */
export function parseBootstrapRequest(context: (name: string) => unknown): BootstrapRequest {
  const mail = context('mail')
  if (mail !== undefined) return { kind: 'mail', identity: identityOf(mail) }
  const repository = context('repository')
  if (repository === undefined) throw new BootstrapRequestError(`Which repository may deploy? Add ${example}.`)
  if (typeof repository !== 'string' || !repositoryPattern.test(repository))
    throw new BootstrapRequestError(
      `${JSON.stringify(repository)} is no repository of GitHub. It looks like ${example}.`,
    )
  const stage = stageNames.find((name) => name === context('stage'))
  if (!stage) throw new BootstrapRequestError(`Which stage? Add -c stage=${stageNames.join('|')}.`)
  const provider = context('provider') ?? 'new'
  if (provider !== 'new' && provider !== 'existing')
    throw new BootstrapRequestError(`-c provider= takes new or existing, not ${JSON.stringify(provider)}.`)
  return { kind: 'pipeline', repository, stage, provider }
}

function identityOf(mail: unknown): string {
  const identity = emailIdentities.find((candidate) => candidate === mail)
  if (identity !== undefined) return identity
  throw new BootstrapRequestError(
    `No stage sends email from ${JSON.stringify(mail)}. mail.identity in infra/stages.ts has ${emailIdentities.join(', ')}.`,
  )
}
