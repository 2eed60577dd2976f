import { parseFlags, runScript } from '../lib/command.ts'
import { localOutputsFile, readDeployment, UsageError } from '../lib/deployment.ts'
import { signIn } from '../lib/sign-in.ts'

const help = `
npm run token -- --email a@example.com [--group staff]

Makes the user if needed, the normal sign-up way, and prints an access token as the last line.

  --email ADDRESS     whose token
  --group NAME        puts the user into this group first (staff opens /admin)
  --name NAME         the name of a new user
  --password PASSWORD of a user that was made elsewhere
  --outputs FILE      outputs of the deployment (default: those of the running local system)
`

await runScript(async () => {
  const flags = parseFlags(
    {
      email: { type: 'string' },
      group: { type: 'string' },
      name: { type: 'string' },
      password: { type: 'string' },
      outputs: { type: 'string' },
    },
    help,
  )
  const { email, group, name, password } = flags
  if (!email) throw new UsageError('Say whose token: npm run token -- --email a@example.com')
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) throw new UsageError(`${email} is no e-mail address.`)
  const deployment = readDeployment(flags.outputs ?? localOutputsFile())
  console.log(await signIn(deployment, { email, group, name, password }))
})
