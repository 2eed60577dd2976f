import { checkNpmFlags, matching, newCommand, number, time } from './command.ts'

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

test.each([
  ['text', number({ least: 1 }), 'many', 'It must be a number of at least 1'],
  ['an infinite number', number({ least: 1 }), 'Infinity', 'It must be a number of at least 1'],
  ['digits that are not decimal', number({ least: 0 }), '0x10', 'It must be a number of at least 0'],
  ['a number below the least', number({ least: 1, most: 9 }), '0', 'It must be a number from 1 to 9'],
  ['a number above the most', number({ least: 1, most: 9 }), '10', 'It must be a number from 1 to 9'],
  ['a fraction', number({ least: 1, most: 9, whole: true }), '1.5', 'It must be a whole number from 1 to 9'],
  ['another shape', matching(/^\S+@\S+$/, 'an email address'), 'ada', 'It must be an email address'],
  ['a time without a zone', time, '2026-11-21T13:00', 'It must be a time with a time zone'],
  ['a day that does not exist', time, '2026-02-31T25:00:00Z', 'It must be a time with a time zone'],
  ['a word in place of a time', time, 'yesterday', 'It must be a time with a time zone'],
])('%s is rejected as the value of an option', (_name, parse, text, message) => {
  expect(() => parse(text)).toThrow(message)
})

test('a value in its bounds is parsed', () => {
  expect([number({ least: 0.5, most: 2 })('1.5'), time('2026-11-21T13:00:00+01:00')]).toEqual([
    1.5,
    new Date('2026-11-21T12:00:00Z'),
  ])
})
