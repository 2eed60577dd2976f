import { newCommand, outputsOption, runCommand } from '../lib/command.ts'
import { localOutputsFile, readDeployment } from '../lib/deployment.ts'
import { UsageError } from '../lib/errors.ts'
import { seedImages } from '../lib/seed/seed-images.ts'
import { seedProducts } from '../lib/seed/seed-products.ts'

const command = newCommand(
  'npm run seed --',
  'Creates the sample products of a deployment with their stock, and uploads an image of each as staff do. Existing products, stock and images stay unchanged.',
)
  .addOption(outputsOption())
  .option('--yes', 'write to a deployment on AWS, which needs this confirmation')
  .action(async ({ outputs, yes }: { outputs?: string; yes?: true }) => {
    const file = outputs ?? localOutputsFile()
    const deployment = readDeployment(file)
    if (!deployment.awsEndpoint && !yes) {
      const { region } = deployment.clientConfiguration
      throw new UsageError(
        `${file} names the table ${deployment.tableName} in AWS (${region}). Add --yes to write to it.`,
      )
    }
    const products = await seedProducts(deployment, console.log)
    console.log(`${products.created} products created, ${products.existed} existed.`)
    const images = await seedImages(deployment, console.log)
    console.log(`${images.added} images uploaded, ${images.existed} existed.`)
  })

await runCommand(command)
