// The only script of our own. Every page works without it; nothing is drawn by it.
import { createAll, Button, CharacterCount, ErrorSummary, ExitThisPage, PasswordInput } from './govuk.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
for (const component of [Button, CharacterCount, ErrorSummary, ExitThisPage, PasswordInput]) createAll(component)

// Words that are selected on a page are put where a highlight's words are typed, unless somebody typed there.
const words = document.querySelector('#jot-words')
const article = words?.closest('article')
let put = ''
if (article) document.addEventListener('selectionchange', () => {
  const selected = document.getSelection()
  const said = selected.toString().trim()
  const ours = selected.rangeCount && article.contains(selected.getRangeAt(0).commonAncestorContainer)
  const inNotes = words.closest('section').contains(selected.anchorNode)
  if (said && said.length <= 1000 && ours && !inNotes && words.value === put) words.value = put = said
})
