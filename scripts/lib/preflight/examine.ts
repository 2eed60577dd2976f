import type { Stage } from '#infra/stages.ts'
import type { Assembly } from './assembly.ts'
import { awsClients, type AwsClients } from './aws-clients.ts'
import { readUnits } from '../cost/units.ts'
import { checkBootstrap } from './bootstrap.ts'
import { capacityOf, promised } from './capacity.ts'
import { checkConcurrency, readConcurrency } from './concurrency.ts'
import type { Place } from './identity.ts'
import type { Known } from './known.ts'
import { checkMailAccount, checkMailRate, checkSender, readMailAccount, readSender } from './mail.ts'
import { checkNames, fixedNames } from './names.ts'
import { checkHotItem, checkThrottle, checkWarmth } from './peak.ts'
import { checkProtections, readKeepers } from './protections.ts'
import { checkStacks, isOwn, readResources, readStacks, type DeployedResource, type DeployedStack } from './stacks.ts'
import { checkTableQuotas, readTableLimits } from './table-quotas.ts'
import { readTakenNames } from './taken-names.ts'
import { checkTextMessages, readTextSandbox } from './text-messages.ts'
import type { Verdict } from './verdict.ts'

export interface Examination {
  readonly verdicts: readonly Verdict[]
  /** Stack → outputs of the deployment that stands there already; none before all of its stacks do. */
  readonly standing: Outputs | undefined
}

export type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Asks the account everything that decides whether the stage's assembly can be deployed there. Changes nothing. */
export async function examine(stage: Stage, assembly: Assembly, place: Place): Promise<Examination> {
  const clients = awsClients(place.region)
  try {
    const [ofStacks, ofQuotas] = await Promise.all([
      examineStacks(clients, stage, assembly, place),
      examineQuotas(clients, stage),
    ])
    return { verdicts: [...ofStacks.verdicts, ...ofQuotas], standing: ofStacks.standing }
  } finally {
    for (const client of Object.values(clients)) client.destroy()
  }
}

async function examineStacks(
  clients: AwsClients,
  stage: Stage,
  assembly: Assembly,
  place: Place,
): Promise<Examination> {
  const wanted = assembly.stacks.map(({ name }) => name)
  const names = fixedNames(assembly)
  const [stacks, taken] = await Promise.all([
    readStacks(clients.cloudFormation),
    readTakenNames(clients, names, stage.prefix),
  ])
  const own = await readOwn(clients, stacks, (stack) => wanted.includes(stack.name) && isOwn(stack, stage.name))
  const keepers = own.known ? await readKeepers(own.value, clients.dynamoDb, clients.cognito) : own
  const verdicts = [
    checkBootstrap(stacks, place, assembly.bootstrapVersion),
    checkStacks(stacks, stage.name, wanted),
    checkNames(names, taken, own),
    checkProtections(keepers, stage.deletionProtection),
  ]
  return { verdicts, standing: stacks.known ? outputsOf(stacks.value, wanted) : undefined }
}

function outputsOf(stacks: readonly DeployedStack[], wanted: readonly string[]): Outputs | undefined {
  const there = stacks.filter(({ name }) => wanted.includes(name))
  if (there.length < wanted.length) return undefined
  return Object.fromEntries(there.map(({ name, outputs }) => [name, forPeople(outputs)]))
}

/** Without what stacks only export to each other. */
const forPeople = (outputs: DeployedStack['outputs']) =>
  Object.fromEntries(Object.entries(outputs).filter(([key]) => !key.startsWith('ExportsOutput')))

const readOwn = async (
  { cloudFormation }: AwsClients,
  stacks: Known<DeployedStack[]>,
  isOurs: (stack: DeployedStack) => boolean,
): Promise<Known<DeployedResource[]>> =>
  stacks.known ? readResources(cloudFormation, stacks.value.filter(isOurs)) : stacks

async function examineQuotas({ ses, sns, lambda, dynamoDb }: AwsClients, stage: Stage): Promise<Verdict[]> {
  const capacity = capacityOf(stage, readUnits())
  const demand = promised(stage, capacity)
  const { warmThroughput } = stage
  const warm = warmThroughput && { reads: warmThroughput.readsPerSecond, writes: warmThroughput.writesPerSecond }
  const [account, sender, sandbox, concurrency, table] = await Promise.all([
    readMailAccount(ses),
    readSender(ses, stage.mail.from),
    readTextSandbox(sns),
    readConcurrency(lambda),
    readTableLimits(dynamoDb),
  ])
  return [
    checkSender(sender, stage.mail),
    checkMailAccount(account, stage.mail),
    checkMailRate(account, stage.mail, capacity),
    checkTextMessages(sandbox),
    checkConcurrency(concurrency, { provisioned: stage.release.placeOrderConcurrency, peak: demand.concurrency }),
    checkTableQuotas(table, warm, { reads: demand.tableReads, writes: demand.tableWrites }),
    checkThrottle(stage, capacity),
    checkWarmth(stage, capacity),
    checkHotItem(capacity),
  ]
}
