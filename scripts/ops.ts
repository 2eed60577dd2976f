import { runScript } from './command-line.ts'
import { UsageError } from './deployment.ts'
import { awsRefusal } from './ops/aws-refusal.ts'
import { dlqList } from './ops/dlq-list.ts'
import { dlqRedrive } from './ops/dlq-redrive.ts'
import { dlqShow } from './ops/dlq-show.ts'
import { openSession, processTerminal } from './ops/open-session.ts'
import { order } from './ops/order.ts'
import { replay } from './ops/replay.ts'
import { republish } from './ops/republish.ts'
import { restore } from './ops/restore.ts'
import { interrupted } from './ops/session.ts'
import type { Subcommand } from './ops/subcommand.ts'

const subcommands: readonly Subcommand[] = [dlqList, dlqShow, dlqRedrive, replay, order, republish, restore]

const width = Math.max(...subcommands.map(({ name }) => name.length))

const help = `
npm run ops -- COMMAND

Looks after a deployment, the same locally and in AWS. What changes anything says so first and asks; --yes answers.
Everything can be repeated without harm, and Ctrl-C ends it cleanly.

${subcommands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

  COMMAND --help     what it does, and its flags
  --outputs FILE     outputs of the deployment, as cdk deploy --outputs-file writes them
                     (default: those of the running local system); in AWS the standard credentials are used
`

/** @throws UsageError naming what there is */
function find(args: readonly string[]): Subcommand {
  const found = subcommands.find(({ name }) => name.split(' ').every((word, index) => args[index] === word))
  if (found) return found
  const named = args.slice(0, args[0] === 'dlq' ? 2 : 1).join(' ')
  const there = subcommands.map(({ name }) => name).join(', ')
  throw new UsageError(`There is no command ${JSON.stringify(named)}. There are: ${there} (--help tells more).`)
}

/** The first Ctrl-C lets a command end what it began; a second one does not wait for that. */
function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(interrupted)
      controller.abort()
    })
  }
  return controller.signal
}

await runScript(async () => {
  const args = process.argv.slice(2)
  if (args.length === 0 || args[0]!.startsWith('-')) {
    if (args.length > 0 && args[0] !== '--help' && args[0] !== '-h') find([])
    console.log(help.trim())
    return
  }
  if (args[0] === 'dlq' && ['--help', '-h', undefined].includes(args[1])) {
    console.log(help.trim())
    return
  }
  const signal = interruption()
  const command = find(args)
  try {
    return await command.run(args.slice(command.name.split(' ').length), (common) =>
      openSession(common, { terminal: processTerminal, signal }),
    )
  } catch (error) {
    throw awsRefusal(error) ?? error
  }
})
