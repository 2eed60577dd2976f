import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ACMClient } from '@aws-sdk/client-acm'
import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { CloudFrontClient } from '@aws-sdk/client-cloudfront'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SESv2Client } from '@aws-sdk/client-sesv2'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { Stage } from '#infra/stages.ts'
import { mapKnown, type Known } from '../aws-errors.ts'
import { requireValidated, synthesize } from '../cdk.ts'
import { readUnits } from '../cost/units.ts'
import { readAssembly, type Assembly } from '../templates.ts'
import { checkAlarmMails, readAlarmMails } from './alarm-mails.ts'
import { checkHotItem, checkMailPollers, checkThrottle, checkWarmth } from './capacity-report.ts'
import { capacityOf, sizedFor } from './capacity.ts'
import {
  checkAlias,
  checkCertificate,
  checkPolicies,
  countPolicies,
  edgeRegion,
  readAliases,
  readCertificate,
  readPolicies,
} from './distribution.ts'
import { checkIdentity, checkTools, npmVersionOf, readIdentity, type Place } from './identity.ts'
import {
  checkMailAccount,
  checkMailRate,
  checkSender,
  checkTextMessages,
  readMailAccount,
  readSender,
  readTextSandbox,
} from './mail.ts'
import { checkNames, fixedNames, readTakenNames } from './names.ts'
import { checkProtections, readDataResources } from './protections.ts'
import { checkRestoredTable, readRestoredTable } from './restored-table.ts'
import { checkConcurrency, checkTableQuotas, readConcurrency, readTableLimits } from './quotas.ts'
import {
  checkBootstrap,
  checkLeftOvers,
  checkRegion,
  checkStacks,
  isOwn,
  readMissingTypes,
  readResources,
  readStacks,
  type DeployedResource,
  type DeployedStack,
} from './stacks.ts'
import type { Verdict } from './verdict.ts'

interface Preflight {
  readonly verdicts: readonly Verdict[]
  /** Undefined when the account or region is unknown, which a verdict reports. */
  readonly ready:
    | {
        readonly place: Place
        /** Folder of the assembly that was checked. */
        readonly assembly: string
        readonly deployed: Outputs | undefined
      }
    | undefined
}

/** Stack → outputs. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>

/**
 * Checks whether a stage can be deployed into the account of the AWS credentials. Changes nothing.
 * @throws UsageError when the assembly is not the stage's; CommandError when it cannot be synthesized, or was not validated
 */
export async function preflight(stage: Stage, assemblyFolder?: string): Promise<Preflight> {
  const tools = checkTools({
    node: process.versions.node,
    pinnedNode: pinnedNode(),
    npm: npmVersionOf(process.env['npm_config_user_agent']),
  })
  const identity = await readIdentity()
  const before = [tools, checkIdentity(identity)]
  if (!identity.known) return { verdicts: before, ready: undefined }
  if (assemblyFolder !== undefined) requireValidated(assemblyFolder)
  const assembly = assemblyFolder ?? (await synthesize(stage.name, { validated: true }))
  const { verdicts, deployed } = await checkAccount(stage, readAssembly(assembly, stage.prefix), identity.value)
  return { verdicts: [...before, ...verdicts], ready: { place: identity.value, assembly, deployed } }
}

function pinnedNode(): string {
  const { devDependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'))
  return devDependencies.node
}

export type AwsClients = ReturnType<typeof awsClients>

/** Credentials and endpoints come from the standard sources. */
function awsClients(region: string) {
  const configuration = { region }
  return {
    acm: new ACMClient({ region: edgeRegion }),
    cloudFormation: new CloudFormationClient(configuration),
    cloudFront: new CloudFrontClient(configuration),
    cloudWatch: new CloudWatchClient(configuration),
    logs: new CloudWatchLogsClient(configuration),
    cognito: new CognitoIdentityProviderClient(configuration),
    dynamoDb: new DynamoDBClient(configuration),
    events: new EventBridgeClient(configuration),
    lambda: new LambdaClient(configuration),
    secretsManager: new SecretsManagerClient(configuration),
    ses: new SESv2Client(configuration),
    sns: new SNSClient(configuration),
    sqs: new SQSClient(configuration),
  }
}

interface AccountCheck {
  readonly verdicts: readonly Verdict[]
  /** The outputs of the current deployment; undefined until all of its stacks exist. */
  readonly deployed: Outputs | undefined
}

/** All checks that call AWS. */
export async function checkAccount(stage: Stage, assembly: Assembly, place: Place): Promise<AccountCheck> {
  const clients = awsClients(place.region)
  try {
    const [ofStacks, ofQuotas] = await Promise.all([
      checkDeployedStacks(clients, stage, assembly, place),
      checkQuotas(clients, stage),
    ])
    return { verdicts: [...ofStacks.verdicts, ...ofQuotas], deployed: ofStacks.deployed }
  } finally {
    for (const client of Object.values(clients)) client.destroy()
  }
}

async function checkDeployedStacks(
  clients: AwsClients,
  stage: Stage,
  assembly: Assembly,
  place: Place,
): Promise<AccountCheck> {
  const wanted = [...assembly.templates.keys()]
  const names = fixedNames(assembly)
  const { alarmEmail, domain, restoredTable } = stage
  const types = typesIn(assembly)
  const [stacks, missingTypes, taken, policies, certificate, aliases] = await Promise.all([
    readStacks(clients.cloudFormation),
    readMissingTypes(
      clients.cloudFormation,
      types.map(({ type }) => type).filter((type) => !type.startsWith('Custom::')),
    ),
    readTakenNames(clients, names, stage.prefix),
    readPolicies(clients.cloudFront),
    domain && readCertificate(clients.acm, domain.certificateArn),
    domain && readAliases(clients.cloudFront),
  ])
  const own: Known<DeployedResource[]> = stacks.known
    ? await readResources(
        clients.cloudFormation,
        stacks.value.filter((stack) => wanted.includes(stack.name) && isOwn(stack, stage.name)),
      )
    : stacks
  const inStacks = mapKnown(own, (resources) => resources.filter(({ isLeftOver }) => !isLeftOver))
  const dataResources = inStacks.known
    ? await readDataResources(inStacks.value, clients.dynamoDb, clients.cognito)
    : inStacks
  const alarmMails = alarmEmail !== undefined && (await readAlarmMails(clients.sns, inStacks, alarmEmail))
  const restored = restoredTable && (await readRestoredTable(clients.dynamoDb, restoredTable.tableName))
  const verdicts = [
    checkBootstrap(stacks, place, assembly.bootstrapVersion),
    checkRegion(missingTypes, place),
    checkStacks(stacks, stage, wanted),
    checkLeftOvers(own),
    checkNames(names, taken, inStacks),
    checkProtections(dataResources, stage.deletionProtection),
    ...(restoredTable && restored ? [checkRestoredTable(restored, restoredTable, stage)] : []),
    checkPolicies(policies, countPolicies(types), mapKnown(inStacks, countPolicies)),
    ...(domain && certificate ? [checkCertificate(certificate, domain)] : []),
    ...(domain && aliases ? [checkAlias(aliases, domain.name, inStacks)] : []),
    ...(alarmEmail !== undefined && alarmMails ? [checkAlarmMails(alarmMails, alarmEmail)] : []),
  ]
  return { verdicts, deployed: stacks.known ? outputsOf(stacks.value, wanted) : undefined }
}

const typesIn = ({ templates }: Assembly): { readonly type: string }[] =>
  [...templates.values()].flatMap(({ Resources }) => Object.values<any>(Resources).map(({ Type: type }) => ({ type })))

function outputsOf(stacks: readonly DeployedStack[], wanted: readonly string[]): Outputs | undefined {
  const existing = stacks.filter(({ name }) => wanted.includes(name))
  if (existing.length < wanted.length) return undefined
  return Object.fromEntries(existing.map(({ name, outputs }) => [name, withoutExports(outputs)]))
}

/** Without the outputs that stacks only export to each other. */
const withoutExports = (outputs: DeployedStack['outputs']) =>
  Object.fromEntries(Object.entries(outputs).filter(([key]) => !key.startsWith('ExportsOutput')))

async function checkQuotas({ ses, sns, lambda, dynamoDb }: AwsClients, stage: Stage): Promise<Verdict[]> {
  const capacity = capacityOf(stage, readUnits())
  const demand = sizedFor(stage, capacity)
  const { warmThroughput } = stage
  const warm = warmThroughput && { reads: warmThroughput.readsPerSecond, writes: warmThroughput.writesPerSecond }
  const [account, sender, sandbox, concurrency, table] = await Promise.all([
    readMailAccount(ses),
    readSender(ses, stage.mail.identity),
    readTextSandbox(sns),
    readConcurrency(lambda),
    readTableLimits(dynamoDb),
  ])
  return [
    checkSender(sender, stage.mail),
    checkMailAccount(account, stage.mail),
    checkMailRate(account, stage, capacity),
    checkTextMessages(sandbox),
    checkConcurrency(concurrency, { provisioned: stage.release.placeOrderConcurrency, peak: demand.concurrency }),
    checkTableQuotas(table, warm, { reads: demand.tableReads, writes: demand.tableWrites }),
    checkThrottle(stage, capacity),
    checkWarmth(stage, capacity),
    checkHotItem(capacity),
    checkMailPollers(stage, capacity),
  ]
}
