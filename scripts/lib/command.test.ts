import { checkNpmFlags, newCommand } from './command.ts'

const start = newCommand('npm start --', 'Starts.').option('--reset', 'resets').option('--no-images', 'no images')
const ops = newCommand('npm run ops --', 'Operates.')
ops.command('replay').option('--dry-run', 'prints')
ops.command('order').option('--json', 'prints JSON')

test.each([
  ['a flag', start, [], { npm_lifecycle_event: 'start', npm_config_reset: 'true' }, 'npm start -- --reset'],
  ['a negated flag', start, [], { npm_lifecycle_event: 'start', npm_config_images: '' }, 'npm start -- --no-images'],
  [
    'a flag of a subcommand',
    ops,
    ['replay'],
    { npm_lifecycle_event: 'ops', npm_config_dry_run: 'true' },
    'npm run ops -- --dry-run',
  ],
])('%s that npm consumed is named with the call that passes it on', (_name, command, args, env, call) => {
  expect(() => checkNpmFlags(command, args, env)).toThrow(new RegExp(`as its own flag; use: ${call}$`))
})

test.each([
  ['of another npm script', start, [], { npm_lifecycle_event: 'bench', npm_config_reset: 'true' }],
  ['that was also passed on', start, ['--reset'], { npm_lifecycle_event: 'start', npm_config_reset: 'true' }],
  ['of another subcommand', ops, ['replay'], { npm_lifecycle_event: 'ops', npm_config_json: 'true' }],
  ['with the value of the default', start, [], { npm_lifecycle_event: 'start', npm_config_images: 'true' }],
])('a flag %s is no mistake', (_name, command, args, env) => {
  expect(() => checkNpmFlags(command, args, env)).not.toThrow()
})
