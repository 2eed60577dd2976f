/** Jest's transform of files that the build places into a bundle as bytes: esbuild's loader `binary`. */
export default {
  process: (_text, path) => ({
    code: `import { readFileSync } from 'node:fs'\nexport default new Uint8Array(readFileSync(${JSON.stringify(path)}))`,
  }),
}
