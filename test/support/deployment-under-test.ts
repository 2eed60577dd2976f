import { readDeployment, type Deployment } from '#scripts/lib/deployment.ts'
import { CommandError } from '#scripts/lib/errors.ts'

/**
 * The deployment that the command of the suite names.
 * @throws CommandError when the test file was run by itself
 */
export function deploymentUnderTest(): Deployment {
  const file = process.env['CARTWHEEL_OUTPUTS']
  if (file) return readDeployment(file)
  throw new CommandError(
    'This test needs a deployment. Run npm run test:e2e -- --outputs FILE, or for pages npm run test:browser -- --outputs FILE.',
  )
}
