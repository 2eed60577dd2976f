/**
 * Runs before every npm script, on any Node that the machine's npm runs on: installs the locked dependencies when they
 * are not there yet, the pinned Node among them. The script itself then runs on that Node. CommonJS and nothing but
 * Node's own modules, since nothing is installed when it starts.
 */
const { existsSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { setTimeout } = require('node:timers/promises')
const { spawn } = require('node:child_process')

const root = join(__dirname, '..')
/** Exists while a command installs, since two installations at once would delete each other's files. */
const lock = join(root, '.installing')
const touchEveryMs = 1000
/** A command that was killed cannot delete its lock; its process id may be another program's by now, so time decides. */
const abandonedAfterMs = 10_000

function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages
  } catch {
    return undefined
  }
}

/** npm writes node_modules/.package-lock.json last: an interrupted install has none, or an old one. */
function isInstalled() {
  const locked = lockedPackages('package-lock.json')
  const installed = lockedPackages('node_modules/.package-lock.json')
  if (!locked || !installed) return false
  return Object.entries(locked).every(
    ([path, { version, optional, link }]) =>
      !path.startsWith('node_modules/') || optional || link || installed[path]?.version === version,
  )
}

async function installOnce() {
  let waiting = false
  while (!isInstalled()) {
    // Asked again with the lock: the other command may have ended between the two.
    if (takeLock()) return isInstalled() ? undefined : install()
    if (!waiting) console.error('Another command is installing the dependencies; waiting for it …')
    waiting = true
    await setTimeout(500)
  }
  addExecOnWindows()
}

const writeLock = (flag) => writeFileSync(lock, `${process.pid}\n`, { flag })

/** @returns whether this process is now the one that installs */
function takeLock() {
  try {
    if (Date.now() - statSync(lock).mtimeMs > abandonedAfterMs) rmSync(lock, { force: true })
  } catch {
    // Nobody installs.
  }
  try {
    writeLock('wx')
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
  setInterval(writeLock, touchEveryMs, 'w').unref()
  process.once('exit', () => rmSync(lock, { force: true }))
  return true
}

function install() {
  const majorVersion = Number(process.versions.node.split('.')[0])
  if (majorVersion < 20) {
    console.error(`Cartwheel needs npm on Node 20 or newer to install itself; this is Node ${process.versions.node}.`)
    process.exit(1)
  }
  const npm = process.env.npm_execpath
  const [command, args] = npm ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']]
  const child = spawn(command, [...args, '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2] })
  // npm ends by itself; ending before it would leave it writing to a folder that the next start also uses.
  let stopped = false
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      if (!stopped) console.error('Stopping the installation …')
      stopped = true
      child.kill(signal)
    })
  }
  console.error('Installing the dependencies (once, about a minute) …')
  child.once('error', (error) => fail(`npm could not be started: ${error.message}`))
  child.once('exit', (code) => {
    if (stopped) process.exit(130)
    if (code !== 0)
      fail(
        'npm ci failed, as the lines above say. Nothing was started. If node_modules is half there, delete it and start again.',
      )
    addExecOnWindows()
  })
}

/**
 * `npm start` begins with `exec`, so that a signal to npm reaches the system: the shell of some Linux distributions stays
 * between the two and passes nothing on. The shell of Windows has no such command; this one runs its arguments.
 */
function addExecOnWindows() {
  const file = join(root, 'node_modules/.bin/exec.cmd')
  if (process.platform === 'win32' && !existsSync(file)) writeFileSync(file, '@%*\r\n')
}

function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}

installOnce().catch((error) => fail(`The dependencies could not be installed: ${error.message}`))
