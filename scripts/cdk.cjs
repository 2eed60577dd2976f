#!/usr/bin/env node
/** Runs for `npx cdk …` on a clone without dependencies: installs them and starts the pinned CDK CLI. */
const { join, delimiter } = require('node:path')
const { spawnSync } = require('node:child_process')

const bin = join(__dirname, '..', 'node_modules', '.bin')
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` }

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env })
  if (status !== 0) process.exit(status ?? 1)
}

run(process.execPath, [join(__dirname, 'install.cjs')])
run(join(bin, 'cdk'), process.argv.slice(2))
