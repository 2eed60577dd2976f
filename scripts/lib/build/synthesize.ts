import { execa } from 'execa'

/**
 * A process that builds the functions and then writes the assembly as the CDK CLI has its app do: into CDK_OUTDIR, with the
 * context CDK_CONTEXT_JSON. The CDK, which takes a second to load, is loaded while the build runs.
 */
const building = execa(process.execPath, ['scripts/commands/build.ts'], {
  stdio: ['ignore', 'inherit', 'inherit'],
  reject: false,
})
const loading = import('#infra/app.ts')
// The build reports most errors in the code better.
loading.catch(() => {})
if ((await building).exitCode !== 0) process.exit(1)
const { writeAssembly } = await loading
writeAssembly()
