import { html } from './html.ts'

test('values are escaped, but not the template’s markup', () => {
  expect(html`<b title="${'"x\'y"'}">${'<script> & co.'}</b>`.source).toBe(
    '<b title="&quot;x&#39;y&quot;">&lt;script&gt; &amp; co.</b>',
  )
})

test('markup that this tag created is not escaped, alone or in a list', () => {
  const rows = ['a', '<'].map((text) => html`<i>${text}</i>`)
  expect(html`<p>${rows[0]!}${rows} ${3}</p>`.source).toBe('<p><i>a</i><i>a</i><i>&lt;</i> 3</p>')
})
