import { createContext, Script } from 'node:vm'
import { unsupportedMembers } from '../assembly/limitations.ts'

/** A failure of a function, or a result that is not valid. */
export class EdgeFunctionError extends Error {}

/** Ends an infinite loop; on AWS, the limit of compute utilization does. */
const timeLimitMs = 1000

/**
 * A CloudFront Function: a script with a function `handler(event)`. It runs with the language's own objects and `console`
 * alone: no network, file system, timers or dynamic code. Source: "JavaScript runtime 2.0 features for CloudFront Functions".
 */
export class EdgeFunction {
  readonly #name: string
  readonly #code: string
  #script: Script | undefined

  constructor(name: string, code: string) {
    this.#name = name
    this.#code = code
  }

  /** Event and result are JSON, so that no object of this process reaches the code. @throws EdgeFunctionError */
  run(event: object): unknown {
    const sandbox: { result?: string; failure?: string } = Object.create(null)
    const context = createContext(sandbox, {
      codeGeneration: { strings: false, wasm: false },
      // Promises settle within the time limit, and before the script returns.
      microtaskMode: 'afterEvaluate',
    })
    try {
      // Compiled at the first request, so that code that is not valid fails there, as each of its requests does.
      this.#script ??= new Script(`${this.#code}\n${runHandler}`, { filename: this.#name })
      new Script(`const console = { log() {} }; const __event = ${JSON.stringify(JSON.stringify(event))}`).runInContext(
        context,
      )
      this.#script.runInContext(context, { timeout: timeLimitMs })
    } catch (error) {
      throw this.#failed((error as Error).message)
    }
    if (sandbox.failure !== undefined) throw this.#failed(sandbox.failure)
    if (sandbox.result === undefined) throw this.#failed('it returned nothing, or its promise does not settle.')
    return JSON.parse(sandbox.result)
  }

  #failed(message: string): EdgeFunctionError {
    return new EdgeFunctionError(`The function ${this.#name} failed: ${message}`)
  }
}

const runHandler = `
;(async () => handler(JSON.parse(__event)))().then(
  (result) => { globalThis.result = JSON.stringify(result) },
  (error) => { globalThis.failure = String(error && error.message || error) },
)`

/** @param properties of a template: `{ FunctionCode, FunctionConfig: { Runtime, … } }` */
export function readEdgeFunction(
  name: string,
  properties: Record<string, any>,
): { edgeFunction: EdgeFunction; limitations: string[] } {
  const config: Record<string, unknown> = properties['FunctionConfig'] ?? {}
  if (config['Runtime'] !== 'cloudfront-js-2.0')
    throw new Error(`The runtime ${String(config['Runtime'])} is not emulated.`)
  return {
    edgeFunction: new EdgeFunction(name, String(properties['FunctionCode'])),
    limitations: unsupportedMembers('FunctionConfig', config, ['Comment', 'Runtime']),
  }
}
