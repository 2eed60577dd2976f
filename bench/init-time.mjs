// Prints the milliseconds that the import of a function's entry takes: node init-time.mjs FILE. Lambda's runtime has
// loaded node:http before, for its own requests.
import 'node:http'

const startedAt = performance.now()
if (process.argv[2]) await import(process.argv[2])
console.log(performance.now() - startedAt)
