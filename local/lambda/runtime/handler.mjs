import { existsSync, readFileSync } from 'node:fs'
import Module, { createRequire, findPackageJSON } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runtimeError } from './errors.mjs'

/**
 * Imports the module that `handler` (`index.handler`, `folder/file.export`) names.
 * @returns {Promise<(event: unknown, context: object) => unknown>} the handler, without a callback parameter
 */
export async function loadHandler(taskRoot, handler, executionEnv) {
  const parts = /^(.*[^/.])\.([^./]+)$/.exec(handler)
  if (!parts) throw runtimeError('Runtime.MalformedHandlerName', 'Bad handler')
  const [, modulePath, exportName] = parts
  const file = ['.js', '.mjs', '.cjs'].map((ending) => join(taskRoot, modulePath + ending)).find(existsSync)
  if (!file) {
    const message = `Error: Cannot find module '${modulePath.split('/').at(-1)}'`
    throw runtimeError('Runtime.ImportModuleError', message)
  }
  const module = await importModule(file, taskRoot)
  const exported = module[exportName] ?? module.default?.[exportName]
  if (typeof exported !== 'function') {
    throw runtimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`)
  }
  if (exported.length < 3) return exported
  if (Number(/nodejs(\d+)/.exec(executionEnv)?.[1]) >= 24) {
    throw runtimeError(
      'Runtime.CallbackHandlerDeprecated',
      'Callback-based handlers are not supported from Node.js 24 on; make the handler an async function.',
    )
  }
  return withCallback(exported)
}

/**
 * "By default, Lambda treats files with the .js suffix as CommonJS modules" (AWS Lambda Developer Guide, Building Lambda
 * functions with Node.js), unless a package.json in the deployment package says otherwise. Here, the package.json of the
 * project that contains the package's folder must not change that.
 */
function requireCommonJs(file, taskRoot) {
  const start = join(taskRoot, '/')
  const load = Module._extensions['.js']
  Module._extensions['.js'] = (module, path) =>
    path.startsWith(start) && !path.startsWith(join(start, 'node_modules'))
      ? module._compile(readFileSync(path, 'utf8'), path)
      : load(module, path)
  return createRequire(file)(file)
}

const isCommonJs = (file, taskRoot) =>
  file.endsWith('.js') && !findPackageJSON(pathToFileURL(file))?.startsWith(join(taskRoot, '/'))

async function importModule(file, taskRoot) {
  try {
    if (isCommonJs(file, taskRoot)) return requireCommonJs(file, taskRoot)
    return await import(pathToFileURL(file).href)
  } catch (error) {
    if (error instanceof SyntaxError) throw Object.assign(error, { name: 'Runtime.UserCodeSyntaxError' })
    if (error?.code === 'ERR_MODULE_NOT_FOUND' || error?.code === 'MODULE_NOT_FOUND') {
      throw Object.assign(error, { name: 'Runtime.ImportModuleError' })
    }
    throw error
  }
}

/**
 * Converts a handler `(event, context, callback)` to one that returns a promise. If the handler itself returns a
 * promise, that promise is used as well.
 */
const withCallback = (handler) => (event, context) =>
  new Promise((resolve, reject) => {
    const callback = (error, result) => (error ? reject(error) : resolve(result))
    const returned = handler(event, context, callback)
    if (typeof returned?.then === 'function') returned.then(resolve, reject)
  })
