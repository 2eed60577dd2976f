import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createDocumentClient, type Table } from '#shared/dynamodb/table.ts'
import { parseFlags, runScript } from '../lib/command.ts'
import { localOutputsFile, readDeployment, UsageError, type Deployment } from '../lib/deployment.ts'
import type { PictureReport } from '../lib/seed/seed-images.ts'
import { fillShop, type SeedReport } from '../lib/seed/seed-products.ts'
import { signIn } from '../lib/sign-in.ts'

const help = `
npm run seed -- [--outputs FILE] [--yes]

Puts the sample products and their stock into the table of a deployment, and uploads a picture of each as staff do.
What is there already is left as it is.

  --outputs FILE      outputs of the deployment, as cdk deploy --outputs-file writes them
                      (default: those of the local system)
  --yes               write to AWS too; the local system needs no such word
`

/** Fills the shop of a deployment. Repeatable: it makes what lacks, and reports each product in one line. */
export async function seed(
  deployment: Pick<Deployment, 'tableName' | 'clientConfiguration'>,
  report: (line: string) => void,
): Promise<SeedReport> {
  const client = new DynamoDBClient(deployment.clientConfiguration)
  try {
    const table: Table = { client: createDocumentClient(client), name: deployment.tableName }
    return await fillShop(table, report)
  } finally {
    client.destroy()
  }
}

/**
 * Uploads a picture of each sample product that has none, by the API and as staff. Repeatable, and apart from the
 * products, since a shop can open before its pictures hang.
 */
export async function seedPictures(deployment: Deployment, report: (line: string) => void): Promise<PictureReport> {
  // Whoever only fills the shelves need not load what paints.
  const { addPictures } = await import('../lib/seed/seed-images.ts')
  const token = await signIn(deployment, { email: 'seed@cartwheel.example', group: 'staff' })
  return addPictures(deployment, token, report)
}

async function main(): Promise<void> {
  const flags = parseFlags({ outputs: { type: 'string' }, yes: { type: 'boolean' } }, help)
  const file = flags.outputs ?? localOutputsFile()
  const deployment = readDeployment(file)
  if (!deployment.awsEndpoint && !flags.yes) {
    const { region } = deployment.clientConfiguration
    throw new UsageError(
      `${file} names the table ${deployment.tableName} in AWS (${region}). Add --yes to write to it.`,
    )
  }
  const { created, existed } = await seed(deployment, console.log)
  console.log(`${created} products made, ${existed} were there.`)
  const pictures = await seedPictures(deployment, console.log)
  console.log(`${pictures.added} pictures added, ${pictures.existed} products had theirs.`)
}

if (import.meta.main) await runScript(main)
