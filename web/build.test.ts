import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { loadConfigFromFile } from 'vite'
import { shop } from './src/storefront/shop.ts'

const root = join(import.meta.dirname, '..')
const built = mkdtempSync(join(tmpdir(), 'web-'))
const vite = join(root, 'node_modules/vite/bin/vite.js')
const options = ['--outDir', built, '--manifest', '--sourcemap', 'hidden', '--logLevel', 'warn']
// Jest's own value would include React's development build.
const env = { ...process.env, NODE_ENV: 'production' }
execFileSync(process.execPath, [vite, 'build', 'web', ...options], { cwd: root, env })

interface Chunk {
  readonly file: string
  readonly imports?: readonly string[]
  readonly dynamicImports?: readonly string[]
  readonly css?: readonly string[]
}
const read = (file: string) => readFileSync(join(built, file), 'utf8')
const manifest: Record<string, Chunk> = JSON.parse(read('.vite/manifest.json'))

/** The chunks that a page loads at once, or with `isLazy` ever. */
function chunksOf(page: string, { isLazy }: { isLazy: boolean }): Chunk[] {
  const names = new Set([page])
  for (const name of names) {
    const { imports = [], dynamicImports = [] } = manifest[name]!
    for (const next of [...imports, ...(isLazy ? dynamicImports : [])]) names.add(next)
  }
  return [...names].map((name) => manifest[name]!)
}

/** The bundler's own chunk has no sources. */
const modulesOf = (chunks: readonly Chunk[]): string[] =>
  chunks
    .filter(({ file }) => existsSync(join(built, `${file}.map`)))
    .flatMap(({ file }) => (JSON.parse(read(`${file}.map`)) as { sources: string[] }).sources)

const gzipBytes = (files: readonly string[]) =>
  files.reduce((bytes, file) => bytes + gzipSync(readFileSync(join(built, file))).length, 0)

test('no source of the pages belongs to the configuration, whose errors the development server does not show', async () => {
  const loaded = await loadConfigFromFile({ command: 'serve', mode: 'development' }, join(root, 'web/vite.config.ts'))
  expect(loaded!.dependencies).toContain(join(root, 'web/vite.config.ts'))
  expect(loaded!.dependencies.filter((file) => file.includes('/src/'))).toEqual([])
})

test('the first page of the storefront has at most 110 KB of JavaScript', () => {
  const chunks = chunksOf('index.html', { isLazy: false })
  expect(chunks.length).toBeGreaterThan(1)
  expect(gzipBytes(chunks.map(({ file }) => file))).toBeLessThanOrEqual(110_000)
})

test('the first page takes few requests: each costs time on a slow device', () => {
  for (const page of ['index.html', 'admin/index.html']) {
    expect(chunksOf(page, { isLazy: false }).length).toBeLessThanOrEqual(4)
  }
})

test('no page runs the script of the other one', () => {
  const scriptOf = (page: string) => chunksOf(page, { isLazy: true }).map(({ file }) => file)
  expect(scriptOf('admin/index.html')).not.toContain(manifest['index.html']!.file)
  expect(modulesOf(chunksOf('admin/index.html', { isLazy: true })).join()).not.toContain('/storefront/main.tsx')
})

test('customers never load the back office', () => {
  const modules = modulesOf(chunksOf('index.html', { isLazy: true }))
  expect(modules.filter((module) => module.includes('/storefront/pages/')).length).toBeGreaterThan(5)
  expect(modules.filter((module) => module.includes('/admin/'))).toEqual([])
  expect(modulesOf(chunksOf('admin/index.html', { isLazy: true })).join()).toContain('/admin/')
})

test('pages have neither inline scripts nor inline styles, which the content security policy forbids', () => {
  for (const page of ['index.html', 'admin/index.html']) {
    expect(read(page)).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/i)
  }
})

test('pages have the name of the shop before their scripts run', () => {
  expect(read('index.html')).toContain(`<title>${shop.name}</title>`)
  expect(read('admin/index.html')).toContain(`<title>Back office · ${shop.name}</title>`)
})

test('the font is loaded together with the scripts, so that no line moves when it arrives', () => {
  const page = read('index.html')
  const [font] = /\/assets\/figtree-latin-wght[^"]*/.exec(page) ?? []
  const styles = [...page.matchAll(/rel="stylesheet"[^>]*href="\/([^"]+)"/g)].map(([, file]) => read(file!))
  expect(styles.join()).toContain(font ?? 'a preloaded font')
})

test('the sitemap and robots.txt leave the address of the site to its deployment', () => {
  const sitemap = read('sitemap.xml')
  for (const { slug } of shop.categories) expect(sitemap).toContain(`<loc>__WEB_URL__/products?category=${slug}</loc>`)
  expect(read('robots.txt')).toContain('Sitemap: __WEB_URL__/sitemap.xml')
})
