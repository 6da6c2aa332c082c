// The only script of our own. Every page works without it; nothing is drawn by it.
import { createAll, Button, CharacterCount, ErrorSummary, ExitThisPage, PasswordInput } from './govuk.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
for (const component of [Button, CharacterCount, ErrorSummary, ExitThisPage, PasswordInput]) createAll(component)

// Words that are selected on a page go along to where a highlight's words are typed.
const highlight = document.querySelector('#jot-highlight')
highlight?.addEventListener('click', () => {
  const said = document.getSelection().toString().trim()
  if (said && said.length <= 1000) highlight.search = new URLSearchParams({ words: said })
})
