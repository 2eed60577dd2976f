// Prints the milliseconds that the import of a function's entry takes: node init-time.mjs FILE. Lambda's runtime has
// loaded node:http before, for its own requests.
import 'node:http'

const startedAt = performance.now()
if (process.argv[2]) await import(process.argv[2])
console.log(performance.now() - startedAt)

// docs/adr/0047-zod-for-rejections.md: then a schema of the environment has something that lean-zod.ts does not know.
const { cache } = process.getBuiltinModule('node:module').createRequire(import.meta.url)
if (Object.keys(cache).some((file) => file.endsWith('/node_modules/zod/index.js')))
  throw new Error('The function loads zod at its init.')
