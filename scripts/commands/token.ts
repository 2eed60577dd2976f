import { matching, newCommand, outputsOption, runCommand } from '../lib/command.ts'
import { readDeployment } from '../lib/deployment.ts'
import { signIn, type SignIn } from '../lib/sign-in.ts'

const command = newCommand(
  'npm run token --',
  'Prints an access token of a user as the last line. Creates the user first, through the regular sign-up, if it does not exist.',
)
  .requiredOption('--email <address>', 'the user', matching(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'an email address'))
  .option('--group <name>', 'adds the user to this group first (staff opens /admin)')
  .option('--name <name>', 'name of a new user')
  .option(
    '--password <password>',
    'password of the user, of a new one too: the storefront and the back office ask for it (default: derived from a local secret)',
  )
  .addOption(outputsOption())
  .action(async ({ outputs, ...request }: SignIn & { outputs?: string }) => {
    console.log(await signIn(readDeployment(outputs), request))
  })

await runCommand(command)
