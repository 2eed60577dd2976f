#!/usr/bin/env node
import { parseCommandLine, usage, type CommandLine } from './system/command-line.ts'
import { runInTerminal } from './system/terminal.ts'
import type { LocalSystem } from './system.ts'

const commandLine = readCommandLine()
if (commandLine.help) console.log(usage)
else await runInTerminal(commandLine, (system) => announce(system, commandLine))

function readCommandLine(): CommandLine {
  try {
    return parseCommandLine(process.argv.slice(2))
  } catch (error) {
    console.error(`${(error as Error).message.split('\n')[0]} See --help.`)
    process.exit(1)
  }
}

function announce(system: LocalSystem, { json }: CommandLine): void {
  const { endpoint, apiEndpoint, webUrl, mailboxUrl, outputsFile, limitations } = system
  if (json) {
    console.log(JSON.stringify({ kind: 'ready', apiEndpoint, webUrl, endpoint, mailboxUrl, outputsFile, limitations }))
    return
  }
  for (const line of limitations) console.log(line)
  const distribution = webUrl === undefined ? '' : `distribution ${webUrl}, `
  console.log(
    `Ready: HTTP API ${apiEndpoint}, ${distribution}AWS endpoint ${endpoint}, mailbox ${mailboxUrl}, outputs ${outputsFile}`,
  )
}
