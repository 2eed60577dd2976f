import { withLoans } from './test/library.ts'

const copy = {
  PK: { S: 'BOOK#1' },
  SK: { S: 'COPY#1' },
  title: { S: 'Grönlund é' },
  count: { N: '10' },
  shelf: { M: { row: { N: '3' }, tags: { L: [{ S: 'a' }, { N: '2' }] } } },
  genres: { SS: ['crime', 'noir'] },
  years: { NS: ['1999', '2001'] },
  blobs: { BS: ['AQI='] },
  cover: { B: 'AQIDBA==' },
  lost: { BOOL: false },
  note: { NULL: true },
}

const values = {
  ':nine': { N: '9' },
  ':ten': { N: '10.0' },
  ':eleven': { N: '11' },
  ':text': { S: '10' },
  ':crime': { S: 'crime' },
  ':gr': { S: 'Grön' },
  ':z': { S: 'z' },
  ':year': { N: '1999.0' },
  ':bytes': { B: 'AQI=' },
  ':middle': { B: 'AgM=' },
  ':sets': { SS: ['noir', 'crime'] },
  ':list': { L: [{ S: 'a' }, { N: '2' }] },
  ':a': { S: 'a' },
  ':one': { N: '1' },
  ':two': { N: '2' },
  ':S': { S: 'S' },
  ':NULL': { S: 'NULL' },
  ':false': { BOOL: false },
}

const table: [expression: string, holds: boolean][] = [
  ['#c = :ten', true],
  ['#c = :text', false],
  ['#c <> :text', true],
  ['#c <> :ten', false],
  ['absent <> :ten', true],
  ['absent = :ten', false],
  ['absent < :ten', false],
  ['NOT absent < :ten', true],
  ['#c > :nine', true],
  ['#c > :ten', false],
  ['#c >= :ten', true],
  ['#c < :eleven', true],
  ['#c <= :nine', false],
  ['#c > :text', false],
  ['#c BETWEEN :nine AND :eleven', true],
  ['#c BETWEEN :eleven AND :eleven', false],
  ['#c IN (:nine, :ten)', true],
  ['#c IN (:nine, :text)', false],
  ['absent IN (:nine)', false],
  ['attribute_exists(title)', true],
  ['attribute_exists(shelf.#r)', true],
  ['attribute_exists(shelf.tags[1])', true],
  ['attribute_exists(shelf.tags[2])', false],
  ['attribute_not_exists(absent)', true],
  ['attribute_not_exists(note)', false],
  ['attribute_type(title, :S)', true],
  ['attribute_type(note, :NULL)', true],
  ['attribute_type(#c, :S)', false],
  ['begins_with(title, :gr)', true],
  ['begins_with(title, :z)', false],
  ['begins_with(cover, :bytes)', true],
  ['contains(title, :gr)', true],
  ['contains(genres, :crime)', true],
  ['contains(genres, :z)', false],
  ['contains(years, :year)', true],
  ['contains(blobs, :bytes)', true],
  ['contains(cover, :middle)', true],
  ['contains(shelf.tags, :two)', true],
  ['contains(shelf.tags, :one)', false],
  ['size(title) = :ten', true],
  ['size(cover) > :two', true],
  ['size(genres) = :two', true],
  ['size(shelf) = :two', true],
  ['size(absent) = :two', false],
  ['genres = :sets', true],
  ['shelf.tags = :list', true],
  ['shelf.tags[0] = :a', true],
  ['lost = :false', true],
  ['title > :a OR #c > :eleven', false],
  ['title < :a OR #c > :nine AND #c < :eleven', true],
  ['(#c = :ten OR #c = :nine) AND attribute_not_exists(absent)', true],
  ['NOT (#c = :ten AND attribute_exists(title))', false],
]

test.each(table)('%s evaluates to %s', async (expression, holds) => {
  const { execute } = await withLoans(copy)
  const used = Object.fromEntries(Object.entries(values).filter(([name]) => new RegExp(`${name}\\b`).test(expression)))
  const names = {
    ...(expression.includes('#c') && { '#c': 'count' }),
    ...(expression.includes('#r') && { '#r': 'row' }),
  }
  const write = execute('DeleteItem', {
    Key: { PK: copy.PK, SK: copy.SK },
    ConditionExpression: expression,
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(used).length > 0 && { ExpressionAttributeValues: used }),
  })
  if (holds) await expect(write).resolves.toEqual({})
  else await expect(write).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' })
})

test('strings are ordered by their UTF-8 bytes, not by UTF-16 units', async () => {
  const { execute } = await withLoans(copy)
  // U+FF5E sorts before U+1F600 in UTF-8, but after its surrogates in UTF-16.
  await execute('PutItem', { Item: { ...copy, title: { S: '\uff5e' } } })
  await execute('PutItem', {
    Item: copy,
    ConditionExpression: 'title < :emoji',
    ExpressionAttributeValues: { ':emoji': { S: '\u{1f600}' } },
  })
})
