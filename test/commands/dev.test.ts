import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { callApi, eventually } from '#scripts/lib/api-client.ts'
import { synthesize } from '#scripts/lib/cdk.ts'
import { readDeployment, type Deployment } from '#scripts/lib/deployment.ts'
import { copyCheckout } from '#test/support/checkout.ts'
import { newFolder } from '#test/support/new-folder.ts'
import { shopOf } from '#test/support/shop.ts'
import { command, type Command } from './command.ts'

let folder: string
let checkout: string
let dev: Command
let deployment: Deployment

/** A copy, since files are edited. */
beforeAll(async () => {
  folder = newFolder()
  checkout = join(folder, 'checkout')
  await synthesize('dev')
  copyCheckout(checkout, { built: true })
  const data = join(checkout, '.local')
  const args = ['scripts/commands/dev.ts', '--no-images', '--inspect', 'health', '--inspect-port', '0']
  dev = command(process.execPath, args, { CARTWHEEL_DATA: data }, { cwd: checkout })
  await dev.printed('Building the functions for development')
  await dev.printed('A debugger can attach')
  // The functions are built, and the system is not ready.
  edit(handler, "status: 'ok'", "status: 'early'")
  await dev.printed('is ready at')
  deployment = readDeployment(join(data, 'outputs.json'))
})

afterAll(async () => {
  dev.process.kill('SIGTERM')
  expect(await dev.ended).toBe(0)
})

function edit(file: string, from: string, to: string): void {
  const path = join(checkout, file)
  const text = readFileSync(path, 'utf8')
  if (!text.includes(from)) throw new Error(`${file} does not contain ${from}.`)
  writeFileSync(path, text.replace(from, to))
}

const health = () => callApi<string, string>(deployment, 'GET', '/health')
const handler = 'services/api/handlers/api.ts'

test('a start from what was built of the same files builds nothing', () => {
  expect(dev.output()).not.toContain('synthesizing the stacks')
})

test('a saved file is live with the next request, and only the functions that contain it are replaced', async () => {
  await eventually('what was saved during the start', async () => (await health()).body.status === 'early')
  edit(handler, "status: 'early'", "status: 'fine'")
  await eventually('the new code', async () => (await health()).body.status === 'fine')
  const replaced = /Replaced in \d+ ms: (.*)/.exec(dev.output())![1]
  expect(replaced).toMatch(/-api-health\b/)
  expect(replaced).not.toContain('orders')
  // It contains the file too, but keeps its code, since it reads a description that only a build generates.
  expect(replaced).not.toContain('openapi')
  expect((await callApi(deployment, 'GET', '/openapi.json')).status).toBe(200)
})

test('a file that does not compile is reported, and the previous code keeps running until it is fixed', async () => {
  edit(handler, "status: 'fine'", "status: 'fine' oops")
  edit('services/catalog/handlers/read-products.ts', 'The product does not exist.', 'Saved at the same time.')
  await dev.printed('The previous code keeps running.')
  expect(dev.output()).toContain(`${handler}:`)
  expect((await health()).body.status).toBe('fine')
  edit(handler, "status: 'fine' oops", "status: 'corrected'")
  await eventually('the corrected code', async () => (await health()).body.status === 'corrected')
  const detail = async () => (await callApi<string, any>(deployment, 'GET', '/products/none')).body.detail
  await eventually('the code that was saved with it', async () => (await detail()) === 'Saved at the same time.')
})

test('a file that many functions contain replaces them all, and the first are named', async () => {
  const { length } = dev.output()
  // A dozen functions contain this one; most contain shared/text.ts, and bundling them takes as long as a start.
  edit('shared/http/page.ts', 'Start again without a cursor', 'Begin again without a cursor')
  const replaced = await eventually(
    'the functions to be replaced',
    async () => /Replaced in \d+ ms: (.*)\n/.exec(dev.output().slice(length))?.[1],
  )
  expect(replaced).toMatch(/^([\w-]+, ){4}[\w-]+ and \d+ more$/)
  // The stacks import it as well.
  await dev.printed('The infrastructure has not changed.')
})

test('pages are served from their sources, with the API and the configuration of the system', async () => {
  await dev.printed('the built ones.')
  const [, pages, built] = /Pages at (\S+?)\/? are updated .+ those at (\S+) are/.exec(dev.output())!
  expect(built).toBe(deployment.webUrl)
  expect(await (await fetch(`${pages}/orders/an-order`)).text()).toContain('/src/storefront/main.tsx')
  for (const path of ['/admin', '/admin/orders?status=PAID'])
    expect(await (await fetch(`${pages}${path}`)).text()).toContain('/src/admin/main.tsx')
  expect((await callApi({ ...deployment, apiUrl: `${pages}/api` }, 'GET', '/health')).status).toBe(200)
  const config: any = await (await fetch(`${pages}/config.json`)).json()
  expect(config.userPoolId).toBe(deployment.userPoolId)
})

test('a change of the infrastructure restarts the system, at the same address and with the same data', async () => {
  const shop = shopOf(deployment)
  const sku = await shop.skuOf(0)
  await shop.setStock(sku, 3)
  edit('services/api/routes.ts', "path: '/health'", "path: '/healthy'")
  await dev.printed('has restarted')
  expect((await callApi(deployment, 'GET', '/healthy')).body.status).toBe('corrected')
  expect((await health()).status).toBe(404)
  expect((await shop.stockOf(sku)).available).toBe(3)
})
