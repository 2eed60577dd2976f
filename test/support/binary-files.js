import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

/** Imports files that the build places into a bundle as bytes, as esbuild's loader `binary` does. */
registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith('.ttf')) return nextLoad(url, context)
    const file = JSON.stringify(fileURLToPath(url))
    const source = `import { readFileSync } from 'node:fs'\nexport default new Uint8Array(readFileSync(${file}))`
    return { format: 'module', source, shortCircuit: true }
  },
})
